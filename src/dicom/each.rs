//! Rows one by one, nothing assembled.

use super::read::Core;
use crate::error::{Error, Kind};
use crate::json::scan::Utf8;
use crate::loss::{Mapped, Sink};
use crate::options::Options;
use crate::study::Study;

/// The rows of a DICOM JSON text one by one, as they stand in it: none joins another.
///
/// Each row is a study of its own, with the series and the instance that it tells of; none where it is of no study. What is lost in a row is told
/// with it; `first` of a loss is the row's number. No count is computed, whatever `options.complete` promises of the text: a row lists no study. Only one row is kept at a time, so that a text of any length can be gone through; the
/// limits on studies, series and instances are those of one row. After an error nothing comes.
///
/// ```
/// use fhir_dicomweb::{Options, dicom, row};
/// let text = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00081030":{"vr":"LO","Value":["Head"]}},
///     {"0020000D":{"vr":"UI","Value":["1.2.3"]},"00081030":{"vr":"LO","Value":["Neck"]}}]"#;
/// let mut descriptions = Vec::new();
/// for row in dicom::rows(text, &Options::default()) {
///     let study = row?.ignore_loss();
///     descriptions.extend(study.and_then(|study| study.get(row::DESCRIPTION).map(String::from)));
/// }
/// assert_eq!(descriptions, ["Head", "Neck"]);
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
///
/// # Errors
/// An item is an error where [`read`](crate::dicom::read()) gives one of that row; that rows contradict each other (`strict`) and that a text is of another format are
/// seen by those alone who read it whole.
pub fn rows<'a>(json: &'a [u8], options: &'a Options) -> EachRow<'a> {
    EachRow { core: Core::new(), json, text: Utf8::of(json, true), at: 0, options, ended: false }
}

/// See [`rows`].
pub struct EachRow<'a> {
    core: Core,
    json: &'a [u8],
    text: Utf8<'a>,
    at: usize,
    options: &'a Options,
    ended: bool,
}

impl EachRow<'_> {
    fn row(&mut self) -> Result<Option<Mapped<Option<Study>>>, Error> {
        if self.json.len() as u64 > self.options.limits.input_bytes {
            return Err(Error::new(Kind::LimitInput));
        }
        let mut sink = Sink::new(self.options.strict, None);
        let before = self.core.assembler.rows();
        while self.core.assembler.rows() == before {
            let rest = self.json.get(self.at..).unwrap_or_default();
            let used = self.core.advance(rest, self.text.from(self.at), self.options, &mut sink)?;
            if used == 0 {
                self.core.end(true)?;
                self.core.end_document()?;
                return Ok(None);
            }
            self.at += used;
        }
        self.core.replay.settle(&mut self.core.assembler, &mut sink);
        let mut studies = self.core.assembler.drain(self.options, &mut sink)?;
        Ok(Some(Mapped { value: studies.pop(), loss: sink.report }))
    }
}

impl Iterator for EachRow<'_> {
    type Item = Result<Mapped<Option<Study>>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.row();
        self.ended = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

impl core::iter::FusedIterator for EachRow<'_> {}

impl core::fmt::Debug for EachRow<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EachRow").field("at", &self.at).finish_non_exhaustive()
    }
}
