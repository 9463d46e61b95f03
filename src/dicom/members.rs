//! Members of objects: their tags, the leaves below them, and what names alone tell.

use super::quick::tag;
use crate::json::scan::{LeafValue, Raw, Scanner, Stop};
use alloc::string::String;

/// The leaves of a value that nothing claims.
pub(super) fn leaves(scanner: &mut Scanner<'_>) -> Result<u64, Stop> {
    leaves_under(None, scanner)
}

/// The same of a member's value: scalars under the name `vr` are no leaves, wherever it stands.
pub(super) fn leaves_under<'t>(name: Option<Raw<'t>>, scanner: &mut Scanner<'t>) -> Result<u64, Stop> {
    let mut count = 0;
    scanner.skip_under(name, &mut |leaf| {
        let is_vr = leaf.name.is_some_and(|name| name.is("vr"));
        let says = match leaf.value {
            LeafValue::String(raw) => !raw.is_blank(),
            LeafValue::Other => true,
        };
        count += u64::from(says && !is_vr);
    })?;
    Ok(count)
}

/// The tag that a member's name spells, and whether in lower case.
pub(super) fn tag_of(name: &Raw<'_>) -> Option<(u32, bool)> {
    let mut decoded = String::new();
    let text = if name.escaped {
        name.decode_into(&mut decoded);
        decoded.as_str()
    } else {
        name.text
    };
    let digits = <[u8; 8]>::try_from(text.as_bytes()).ok()?;
    match tag(digits) {
        Some(tag) => Some((tag, false)),
        None => tag(digits.map(|digit| digit.to_ascii_uppercase())).map(|tag| (tag, true)),
    }
}

/// Whether the names of an object are those of a server's error answer (Orthanc, dcm4chee, Azure, Google, FHIR).
#[derive(Default)]
pub(super) struct Answer {
    error: bool,
    resource: bool,
    issue: bool,
}

impl Answer {
    pub(super) fn name(&mut self, name: &Raw<'_>) {
        let known = [
            "HttpStatus",
            "HttpError",
            "OrthancError",
            "errorMessage",
            "error",
            "status",
            "statusCode",
            "message",
            "Message",
            "code",
            "fault",
        ];
        self.error |= known.iter().any(|known| name.is(known));
        self.resource |= name.is("resourceType");
        self.issue |= name.is("issue");
    }

    pub(super) fn is_error(&self) -> bool {
        if self.resource { self.issue } else { self.error }
    }
}
