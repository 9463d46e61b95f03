//! Where losses go while something is read or written.

use super::{Class, Code, Loss, LossReport, Place, Step};
use crate::error::{Error, Kind};
use crate::release::{Release, Releases};
use crate::table::{self, Level, Row};
use alloc::vec::Vec;

/// Where losses go while something is read or written: into the report, and to the caller who wants each of them.
pub(crate) struct Sink<'c> {
    pub(crate) report: LossReport,
    each: Option<&'c mut dyn FnMut(&Loss)>,
    strict: bool,
    broken: bool,
    /// A record became longer than its places can tell.
    full: bool,
    /// The release of FHIR that is read; none: DICOM JSON.
    release: Option<Release>,
    /// The first row of each resource that was read.
    resources: Vec<u64>,
}

/// What a sink was told, without whoever listens: it can be sent to other threads.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) report: LossReport,
    pub(crate) strict: bool,
    broken: bool,
}

impl Kept {
    /// Adds what another sink was told of texts that come after the `rows` of this one.
    pub(crate) fn append(&mut self, other: &Kept, rows: u64) {
        self.report.append(&other.report, rows);
        // Where one of them is strict, all of it is read so.
        self.strict |= other.strict;
        self.broken |= other.broken;
    }
}

impl<'c> Sink<'c> {
    pub(crate) fn new(strict: bool, each: Option<&'c mut dyn FnMut(&Loss)>) -> Self {
        Sink { report: LossReport::default(), each, strict, broken: false, full: false, release: None, resources: Vec::new() }
    }

    /// Goes on with what an earlier sink of the same work was told.
    pub(crate) fn resumed(kept: Kept) -> Self {
        Sink { report: kept.report, broken: kept.broken, ..Sink::new(kept.strict, None) }
    }

    /// What it was told, until the work goes on.
    pub(crate) fn kept(self) -> Kept {
        Kept { report: self.report, strict: self.strict, broken: self.broken }
    }

    /// What is read is FHIR of this release: places are elements.
    pub(crate) fn spelled_in(&mut self, release: Release) {
        self.release = Some(release);
    }

    /// A further resource, whose rows begin at `row`.
    pub(crate) fn next_resource(&mut self, row: u64) {
        self.resources.push(row);
    }

    /// The number of the resource that is being read.
    pub(crate) fn resource(&self) -> u64 {
        (self.resources.len() as u64).saturating_sub(1)
    }

    /// A loss in a row of the assembler. Several rows may be one resource.
    pub(crate) fn lose(&mut self, mut loss: Loss) {
        if !self.resources.is_empty() {
            loss.first = (self.resources.partition_point(|row| *row <= loss.first) as u64).saturating_sub(1);
        }
        self.tell(loss);
    }

    /// Where a fact stands in what is read.
    pub(crate) fn place_of(&self, row: &Row, field: usize, code: Code) -> Place {
        let Some(release) = self.release else { return place_in_dicom(row, field, code) };
        // The patient's facts stand in `subject` too, where a reader looks first.
        let here = |(releases, element, _): &(Releases, &str, &str)| releases.holds(release) && !element.starts_with("Patient.");
        let own = row.elements().find(here).or_else(|| row.elements().next());
        let (level, element) = (row.level(), own.map_or("endpoint", |(_, element, _)| element));
        let resource = if element.starts_with("Patient.") { "" } else { "ImagingStudy" };
        let above: &[&str] = match level {
            Level::Patient | Level::Study => &[],
            Level::Series => &["series"],
            Level::Instance => &["series", "instance"],
        };
        let names = core::iter::once(resource).chain(above.iter().copied()).chain(element.trim_end_matches("[]").split('.'));
        names
            .filter_map(|name| table::element(name).or_else(|| table::resource_type(name)))
            .map(Step::Element)
            .fold(Place::ROOT, Place::then)
    }

    /// Whether somebody wants to hear of every loss when it happens.
    pub(crate) fn listens(&self) -> bool {
        self.each.is_some()
    }

    /// Somebody hears of a loss that is in a report already.
    pub(crate) fn hear(&mut self, loss: &Loss) {
        if let Some(each) = &mut self.each {
            each(loss);
        }
    }

    /// A loss.
    pub(crate) fn tell(&mut self, loss: Loss) {
        if let Some(each) = &mut self.each {
            each(&loss);
        }
        self.broken |= matches!(loss.class(), Class::Deviation | Class::Conflict);
        self.report.add(loss);
    }

    /// A record is too long to be kept: [`Self::check`] tells.
    pub(crate) fn overflow(&mut self) {
        self.full = true;
    }

    /// In strict mode an error as soon as the input departed from its standard or contradicted itself.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.full {
            return Err(Error::new(Kind::Limit));
        }
        if self.strict && self.broken { Err(Error::new(Kind::Strict)) } else { Ok(()) }
    }
}

/// Where a fact stands in DICOM JSON: at the attribute, or where a whole attribute is the matter at that.
fn place_in_dicom(row: &Row, field: usize, code: Code) -> Place {
    let (path, len) = row.tags_of(field);
    let len = if code == Code::NotUniform || code == Code::NoIdentity { len.min(1) } else { len };
    Place::of_tags(path.get(..len).unwrap_or_default())
}
