//! Reading in chunks, and several texts together.

use super::read::Core;
use crate::assemble::Assembler;
use crate::error::{Error, Kind};
use crate::loss::{Kept, Mapped, Sink};
use crate::options::Options;
use crate::study::Study;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Reads DICOM JSON in chunks of any size, and several texts together.
///
/// ```
/// use fhir_dicomweb::{Options, dicom::Reader, row};
/// let mut reader = Reader::new(Options::default());
/// for chunk in [&br#"[{"0020000D":{"vr":"UI","Val"#[..], br#"ue":["1.2.3"]}}]"#] {
///     reader.push(chunk)?;
/// }
/// reader.end_document()?;
/// reader.push(br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"0020000E":{"vr":"UI","Value":["1.2.3.1"]}}]"#)?;
/// let studies = reader.finish()?.ignore_loss();
/// assert_eq!(studies[0].series().next().unwrap().get(row::SERIES_UID), Some("1.2.3.1"));
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
pub struct Reader {
    core: Core,
    options: Options,
    told: Kept,
    /// Bytes of a data set that has not ended.
    rest: Vec<u8>,
    /// Not to be tried again before this many bytes are at hand: keeps the work linear however small the chunks.
    wanted: usize,
    taken: u64,
}

impl Reader {
    /// A reader that has read nothing.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let told = Sink::new(options.strict, None).kept();
        Reader { core: Core::new(), told, options, rest: Vec::new(), wanted: 0, taken: 0 }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// As [`read`](crate::dicom::read()). After an error the reader is of no further use.
    pub fn push(&mut self, chunk: &[u8]) -> Result<(), Error> {
        self.taken += chunk.len() as u64;
        if self.taken > self.options.limits.input_bytes {
            return Err(Error::new(Kind::LimitInput));
        }
        if self.rest.is_empty() {
            let used = self.telling(|core, options, sink| core.feed(chunk, false, options, sink))?;
            self.rest.extend_from_slice(chunk.get(used..).unwrap_or_default());
            self.wanted = self.rest.len() * 2;
            return Ok(());
        }
        self.rest.extend_from_slice(chunk);
        if self.rest.len() < self.wanted {
            return Ok(());
        }
        self.feed_rest(false)
    }

    /// The rows that follow are of the study, and the series, of this path, where they do not say so themselves: below a study, rows need not
    /// repeat the UIDs of the path (PS3.18 10.6.3.3). A path without a study says so of none. A row that is begun is one of those that follow.
    ///
    /// ```
    /// use fhir_dicomweb::{Options, dicom::Reader, row, url::Resource};
    /// let mut reader = Reader::new(Options::default());
    /// reader.within(&Resource::of_study("1.2.3")?)?;
    /// reader.push(br#"[{"0020000E":{"vr":"UI","Value":["1.2.3.1"]}}]"#)?;
    /// assert_eq!(reader.finish()?.ignore_loss()[0].get(row::STUDY_UID), Some("1.2.3"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`push`](Self::push), of the rows that came before.
    pub fn within(&mut self, path: &crate::url::Resource) -> Result<(), Error> {
        // Rows that lie here whole are of what was said before.
        self.feed_rest(false)?;
        self.core.assembler.within(path.study().map(|study| (study, path.series())));
        self.core.replay.forget();
        Ok(())
    }

    /// Adds what another reader has read, as if its texts came after these: texts can be read as they arrive, and joined in the order that is
    /// wanted. Both texts end here. It takes time for what `other` has, n log n: the longer reader is the one to append to.
    ///
    /// The studies are those that one reader would have read from both texts, and so is what is lost. Where the texts contradict each other, they are
    /// not compared row by row but as what each of them says:
    /// - What several rows of one text say together of one fact (one the alphabetic group of a name, another the ideographic one) stands or falls as one: no
    ///   name is put together from two people's. So does who issued the accession number, on which it depends which numbers of orders are the study's own.
    /// - A value that contradicts the first of its own text is told, though it may agree with the first of all.
    /// - Rows without a patient's number are compared with what so stands of a patient's name, birth date and sex.
    /// - A time that one row of a text says without an offset, and another with one, has that one, and is held against the other text so.
    /// - What was told of a row of its own text stays told: that its request is a further one (`lifted`), though the other text has the same.
    ///
    /// Where a value is lost so, every leaf that said it is counted, in whichever row it stood. The options are this reader's; where one of the two
    /// is [`strict`](Options::strict), both are.
    ///
    /// ```
    /// use fhir_dicomweb::{Options, dicom::Reader};
    /// let (mut one, mut two) = (Reader::new(Options::default()), Reader::new(Options::default()));
    /// two.push(br#"[{"0020000D":{"vr":"UI","Value":["1.2.4"]}}]"#)?;
    /// one.push(br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]}}]"#)?;
    /// one.append(two)?;
    /// assert_eq!(one.finish()?.ignore_loss().len(), 2);
    /// # Ok::<(), fhir_dicomweb::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](crate::dicom::read()). After an error the reader is of no further use, as after one of [`push`](Reader::push).
    pub fn append(&mut self, mut other: Reader) -> Result<(), Error> {
        self.end_document()?;
        other.end_document()?;
        self.taken = self.taken.saturating_add(other.taken);
        if self.taken > self.options.limits.input_bytes {
            return Err(Error::new(Kind::LimitInput));
        }
        self.told.append(&other.told, self.core.assembler.rows());
        self.core.offset += other.core.offset;
        self.core.replay.forget();
        self.telling(|core, options, sink| core.assembler.append(other.core.assembler, options, sink))
    }

    /// Works with a sink that goes on with what was told before.
    fn telling<R>(&mut self, work: impl FnOnce(&mut Core, &Options, &mut Sink<'_>) -> R) -> R {
        let mut sink = Sink::resumed(core::mem::take(&mut self.told));
        let result = work(&mut self.core, &self.options, &mut sink);
        self.told = sink.kept();
        result
    }

    /// How many rows were read.
    pub(crate) fn rows(&self) -> u64 {
        self.core.assembler.rows()
    }

    /// Rows of these studies are missing, whatever the options promise.
    pub(crate) fn mark_parts(&mut self, uids: &BTreeSet<&str>) {
        self.core.assembler.mark_parts(uids);
    }

    /// Lets go what is of other studies than these.
    pub(crate) fn retain(&mut self, uids: &BTreeSet<&str>) {
        self.core.assembler.retain(uids);
        self.core.replay.forget();
    }

    /// What was read so far.
    pub(crate) fn assembler(&self) -> &Assembler {
        &self.core.assembler
    }

    fn feed_rest(&mut self, whole: bool) -> Result<(), Error> {
        let rest = core::mem::take(&mut self.rest);
        let used = self.telling(|core, options, sink| core.feed(&rest, whole, options, sink))?;
        self.rest = rest;
        self.rest.drain(..used);
        self.wanted = self.rest.len() * 2;
        Ok(())
    }

    /// Ends one text; another may follow, and its rows join the same studies.
    ///
    /// # Errors
    /// As [`read`](crate::dicom::read()); in particular where the text ends too early.
    pub fn end_document(&mut self) -> Result<(), Error> {
        self.feed_rest(true)?;
        self.core.end_document()
    }

    /// Ends, and gives the studies in order of first appearance.
    ///
    /// # Errors
    /// As [`read`](crate::dicom::read()).
    pub fn finish(mut self) -> Result<Mapped<Vec<Study>>, Error> {
        self.feed_rest(true)?;
        self.core.finish(&self.options, Sink::resumed(self.told))
    }
}

impl core::fmt::Debug for Reader {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Reader").field("bytes", &self.taken).finish_non_exhaustive()
    }
}
