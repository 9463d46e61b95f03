//! Code tables: facts of the standards that values are looked up in.

pub(crate) mod body_part;
pub(crate) mod modality;
pub(crate) mod scheme;
