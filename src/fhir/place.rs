//! Policies: where a fact goes when FHIR leaves a choice. Plain functions; rows name them, the writer calls them.

use crate::options::Options;
use crate::release::{R4_R4B, Release};
use crate::study::{Series, Study};
use crate::table::codes::modality::is_acquisition;
use crate::table::row;

/// R4 and R4B: the accession number is an `identifier` of the study.
pub(crate) fn accession_is_identifier(release: Release, _: &Options) -> bool {
    R4_R4B.holds(release)
}

/// R5 and later: it identifies the order in `basedOn`.
pub(crate) fn accession_is_based_on(release: Release, _: &Options) -> bool {
    !R4_R4B.holds(release)
}

/// The status: a data set is evidence of an instance unless the archive counts none.
pub(crate) fn status(study: &Study) -> &'static str {
    let none = study.series().len() == 0 && study.get(row::INSTANCE_COUNT) == Some(0);
    if none { "registered" } else { "available" }
}

/// Whether the study's list of modalities holds `code`.
pub(crate) fn lists_modality(release: Release, code: &str) -> bool {
    !release.lists_acquisition_only() || is_acquisition(code)
}

/// Whether a count may be written next to what is listed below it.
pub(crate) fn writes_count(release: Release, given: u32, listed: usize) -> bool {
    !release.counts_what_is_listed() || listed == 0 || usize::try_from(given) == Ok(listed)
}

/// The number of instances listed under a study.
pub(crate) fn listed_instances(study: &Study) -> usize {
    study.series().map(|series: Series<'_>| series.instances().len()).sum()
}
