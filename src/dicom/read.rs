//! Reading DICOM JSON: whole, or in chunks.

use super::dataset::{DataSet, Form};
use super::members::leaves;
use super::replay::Replay;
use crate::assemble::Assembler;
use crate::error::{Error, Kind};
use crate::json::scan::{Next, Scanner, Stop, Utf8};
use crate::loss::{Code, Loss, Mapped, Place, Sink};
use crate::options::Options;
use crate::study::Study;
use alloc::vec::Vec;

/// Reads a DICOM JSON text: a QIDO-RS answer of any level, WADO-RS metadata, a single data set, or several texts one after the other.
///
/// Rows of all levels are assembled into studies by UID. Empty text (a server's 204) and `[]` are an empty result.
///
/// # Errors
/// No JSON, HTML, an error answer, another JSON format, a limit, or, in strict mode, the first departure or contradiction.
/// The codes are in [`Error::CODES`].
///
/// ```
/// use fhir_dicomweb::{Options, dicom};
/// let read = dicom::read(br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00100020":{"Value":["P1"]}}]"#, &Options::default())?;
/// assert_eq!(read.value.len(), 1);
/// assert_eq!(read.loss.iter().next().unwrap().code.name(), "vr-missing");
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
pub fn read(json: &[u8], options: &Options) -> Result<Mapped<Vec<Study>>, Error> {
    run(json, options, Sink::new(options.strict, None))
}

/// As [`read`], and `each` sees every loss as it happens, not coalesced.
///
/// # Errors
/// As [`read`].
pub fn read_with(json: &[u8], options: &Options, each: &mut dyn FnMut(&Loss)) -> Result<Mapped<Vec<Study>>, Error> {
    run(json, options, Sink::new(options.strict, Some(each)))
}

/// As [`read_with`], by the general path alone: for tests, which hold that the fast paths give the same.
///
/// # Errors
/// As [`read`].
#[doc(hidden)]
pub fn read_plainly(json: &[u8], options: &Options, each: &mut dyn FnMut(&Loss)) -> Result<Mapped<Vec<Study>>, Error> {
    let mut core = Core::new();
    core.set.plain = true;
    run_in(core, json, options, Sink::new(options.strict, Some(each)))
}

fn run(json: &[u8], options: &Options, sink: Sink<'_>) -> Result<Mapped<Vec<Study>>, Error> {
    run_in(Core::new(), json, options, sink)
}

fn run_in(mut core: Core, json: &[u8], options: &Options, mut sink: Sink<'_>) -> Result<Mapped<Vec<Study>>, Error> {
    if json.len() as u64 > options.limits.input_bytes {
        return Err(Error::new(Kind::LimitInput));
    }
    core.feed(json, true, options, &mut sink)?;
    core.finish(options, sink)
}

/// Bytes that are looked at together.
const WINDOW: usize = 1 << 19;

/// Where in a text the reader stands between two data sets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of everything.
    Top,
    /// In the array of data sets, before its first element.
    First,
    /// In the array, behind an element.
    Behind,
    /// In the array, behind a comma.
    Comma,
}

pub(super) struct Core {
    state: State,
    set: DataSet,
    pub(super) replay: Replay,
    pub(super) assembler: Assembler,
    /// The offset of the next byte, over all texts.
    pub(super) offset: u64,
    at_start: bool,
    /// Whether a data set was met in this text, and the first object that was none.
    good: bool,
    foreign: Option<(bool, u64)>,
}

impl Core {
    pub(super) fn new() -> Self {
        Core {
            state: State::Top,
            set: DataSet::with_room(),
            replay: Replay::default(),
            assembler: Assembler::new(),
            offset: 0,
            at_start: true,
            good: false,
            foreign: None,
        }
    }

    /// Reads what is complete of `bytes`; how many of them are done with.
    pub(super) fn feed(&mut self, bytes: &[u8], whole: bool, options: &Options, sink: &mut Sink<'_>) -> Result<usize, Error> {
        let done = self.windows(bytes, whole, options, sink);
        self.replay.settle(&mut self.assembler, sink);
        done
    }

    /// Reads a long text in parts, so that what was checked to be UTF-8 is still near when it is read.
    fn windows(&mut self, bytes: &[u8], whole: bool, options: &Options, sink: &mut Sink<'_>) -> Result<usize, Error> {
        let (mut at, mut size) = (0, WINDOW);
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(window) = rest.get(..size).filter(|window| window.len() < rest.len()) else {
                return Ok(at + self.steps(rest, whole, options, sink)?);
            };
            let used = self.steps(window, false, options, sink)?;
            at += used;
            // A data set that is longer needs a wider one; doubled, so that the work stays linear.
            size = if used == 0 { size * 2 } else { WINDOW };
        }
    }

    fn steps(&mut self, bytes: &[u8], whole: bool, options: &Options, sink: &mut Sink<'_>) -> Result<usize, Error> {
        let mut at = 0;
        let text = Utf8::of(bytes, whole);
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            match self.step(rest, text.from(at), whole, options, sink) {
                Ok(0) => break,
                Ok(used) => {
                    at += used;
                    self.offset += used as u64;
                }
                Err(Broken::Stop(Stop::Incomplete)) => return Ok(at),
                Err(broken) => return Err(self.error(broken)),
            }
        }
        self.end(whole)?;
        Ok(at)
    }

    /// One step of a text that is all there; how many bytes it took; 0 at the end.
    pub(super) fn advance(&mut self, bytes: &[u8], text: Utf8<'_>, options: &Options, sink: &mut Sink<'_>) -> Result<usize, Error> {
        let used = self.step(bytes, text, true, options, sink).map_err(|broken| self.error(broken))?;
        self.offset += used as u64;
        Ok(used)
    }

    fn error(&self, broken: Broken) -> Error {
        match broken {
            Broken::Stop(stop) => Error::from_stop(stop, self.offset),
            Broken::Error(error) => error,
        }
    }

    /// The text may end here, if it is all there.
    pub(super) fn end(&self, whole: bool) -> Result<(), Error> {
        if whole && self.state != State::Top { Err(Error::at(Kind::JsonSyntax, self.offset)) } else { Ok(()) }
    }

    /// One step: a bracket, a comma, a data set. How many bytes it took; 0 at the end.
    fn step(&mut self, bytes: &[u8], text: Utf8<'_>, whole: bool, options: &Options, sink: &mut Sink<'_>) -> Result<usize, Broken> {
        const MARK: &[u8] = b"\xEF\xBB\xBF";
        if self.at_start {
            if bytes.starts_with(MARK) {
                self.at_start = false;
                return Ok(MARK.len());
            }
            if !whole && MARK.starts_with(bytes) && !bytes.is_empty() {
                return Err(Stop::Incomplete.into());
            }
        }
        let depth = options.limits.nesting();
        let mut scanner = Scanner::over(text, if self.state == State::Top { depth } else { depth.saturating_sub(1) });
        let done = scanner.is_done();
        // Behind white space it is no longer the start, though a chunk may end there.
        self.at_start &= done && scanner.at() == 0;
        if done {
            return Ok(scanner.at());
        }
        let space = scanner.at();
        let (next, first) = (bytes.get(space).copied().unwrap_or(0), self.state);
        match (first, next) {
            (State::Top, b'[') => self.state = State::First,
            (State::First | State::Behind, b']') => self.state = State::Top,
            (State::Behind, b',') => self.state = State::Comma,
            (State::Behind, _) => return Err(Stop::Syntax(space).into()),
            (State::Top, b'<') => return Err(Error::at(Kind::Html, self.offset + space as u64).into()),
            (State::Top, _) if scanner.peek()? != Next::Object => {
                leaves(&mut scanner)?;
                return Err(Error::at(Kind::NotDicomJson, self.offset + space as u64).into());
            }
            (State::Top | State::First | State::Comma, _) => {
                self.value(&mut scanner, space, options, sink)?;
                if first != State::Top {
                    self.state = State::Behind;
                }
                return Ok(scanner.at());
            }
        }
        Ok(space + 1)
    }

    /// A data set, or what stands in its place.
    fn value(&mut self, scanner: &mut Scanner<'_>, space: usize, options: &Options, sink: &mut Sink<'_>) -> Result<(), Broken> {
        if scanner.peek()? != Next::Object {
            let count = leaves(scanner)?;
            self.skip_row(count, sink);
            return Ok(());
        }
        if !self.set.plain && self.replay.take(scanner, &mut self.assembler, options, sink)? {
            self.good = true;
            return Ok(());
        }
        self.replay.settle(&mut self.assembler, sink);
        self.set.clear();
        let row = (scanner.rest(), scanner.room());
        let form = self.set.read(scanner)?;
        match form {
            Form::DataSet => {
                self.good = true;
                self.assembler.take(&mut self.set, options, sink)?;
                self.replay.learn(row, &self.set, &mut self.assembler);
            }
            Form::Foreign { error } => {
                self.foreign.get_or_insert((error, self.offset + space as u64));
                let count = self.set.losses.iter().map(|loss| loss.count).sum();
                self.skip_row(count, sink);
            }
        }
        Ok(())
    }

    fn skip_row(&mut self, count: u64, sink: &mut Sink<'_>) {
        sink.lose(Loss { code: Code::NotADataset, at: Place::ROOT, first: self.assembler.skip_row(), count });
    }

    /// A text in which no object was a data set is no DICOM JSON.
    pub(super) fn end_document(&mut self) -> Result<(), Error> {
        let (good, foreign) = (core::mem::take(&mut self.good), self.foreign.take());
        self.at_start = true;
        match foreign {
            Some((error, at)) if !good => Err(Error::at(if error { Kind::ErrorAnswer } else { Kind::OtherFormat }, at)),
            _ => Ok(()),
        }
    }

    pub(super) fn finish(mut self, options: &Options, mut sink: Sink<'_>) -> Result<Mapped<Vec<Study>>, Error> {
        self.end_document()?;
        sink.check()?;
        let value = self.assembler.finish(options, &mut sink)?;
        Ok(Mapped { value, loss: sink.report })
    }
}

enum Broken {
    Stop(Stop),
    Error(Error),
}

impl From<Stop> for Broken {
    fn from(stop: Stop) -> Self {
        Broken::Stop(stop)
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Broken::Error(error)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::dicom::Reader;
    use alloc::string::String;

    /// Whether the second of two rows is compared with the first, and not read.
    fn second_is_compared(rows: [&str; 2]) -> bool {
        let (options, mut core) = (Options::default(), Core::new());
        let mut sink = Sink::new(false, None);
        // The first row of all makes no pattern.
        for row in ["{}"].into_iter().chain(rows) {
            core.feed(row.as_bytes(), true, &options, &mut sink).unwrap();
        }
        core.replay.has_fitted()
    }

    #[test]
    fn rows_that_repeat_are_compared() {
        let study = |uid: &str, date: &str, modalities: &str| {
            alloc::format!(
                r#"{{"00080005":{{"vr":"CS","Value":["ISO_IR 192"]}},"00080020":{{"vr":"DA","Value":["{date}"]}},"00080030":{{"vr":"TM","Value":["101530"]}},"00080050":{{"vr":"SH","Value":["A{date}"]}},"00080051":{{"vr":"SQ","Value":[{{"00400031":{{"vr":"UT","Value":["RIS"]}}}}]}},"00080061":{{"vr":"CS","Value":[{modalities}]}},"00080090":{{"vr":"PN","Value":[{{"Alphabetic":"Quinn^Harper"}}]}},"00080201":{{"vr":"SH","Value":["+0100"]}},"00100020":{{"vr":"LO","Value":["P{uid}"]}},"00100040":{{"vr":"CS","Value":["F"]}},"0020000D":{{"vr":"UI","Value":["1.2.{uid}"]}},"00201206":{{"vr":"IS","Value":[{uid}]}}}}"#
            )
        };
        let first = study("1", "20240114", r#""CT""#);
        assert!(second_is_compared([&first, &study("22", "20230113", r#""CT""#)]));
        assert!(second_is_compared([&first, &study("22", "20230113", r#""CT""#).replace('F', "M")]));
        assert!(!second_is_compared([&first, &first]));
        assert!(!second_is_compared([&first, &study("22", "20231301", r#""CT""#)]));
        let instance = |uid: &str, number: &str, rows: &str| {
            alloc::format!(
                r#"{{"00080018":{{"vr":"UI","Value":["1.2.3.{uid}"]}},"0020000D":{{"vr":"UI","Value":["1.2"]}},"0020000E":{{"vr":"UI","Value":["1.2.3"]}},"00200013":{{"vr":"IS","Value":[{number}]}},"00280010":{{"vr":"US","Value":[{rows}]}}}}"#
            )
        };
        // The first makes the series; the second is the pattern of those behind it, whose lost values may differ.
        let rows = [instance("1", "1", "512"), instance("2", "2", "512")].concat();
        assert!(second_is_compared([&rows, &instance("33", "3", "640")]));
        assert!(!second_is_compared([&rows, &instance("33", "3", "640,1")]));
        assert!(!second_is_compared([&rows, &instance("033", "3", "640")]));
    }

    /// Rows of many attributes that all differ take a time that grows with their length, not with its square.
    #[test]
    fn many_gaps_take_few_attempts() {
        let row = |n: u32, salt: u32| {
            let many: String = (0..n).map(|at| alloc::format!(r#","0029{at:04X}":{{"vr":"LO","Value":["{salt}{at}"]}}"#)).collect();
            alloc::format!(
                r#"{{"00080018":{{"vr":"UI","Value":["1.2.3.{salt}"]}},"0020000D":{{"vr":"UI","Value":["1.2"]}},"0020000E":{{"vr":"UI","Value":["1.2.3"]}}{many}}}"#
            )
        };
        for many in [100, 5_000, 60_000] {
            let text = (1..8).map(|salt| row(many, salt)).collect::<Vec<_>>().join("\n");
            let read = super::read(text.as_bytes(), &Options::default()).unwrap();
            assert_eq!(read.loss.counted(), 7 * u64::from(many));
        }
    }

    #[test]
    fn a_byte_order_mark_may_come_in_pieces() {
        let mut reader = Reader::new(Options::default());
        for chunk in [&b""[..], b"\xEF", b"", b"\xBB", b"\xBF[", b"{\"0020000D\":{\"vr\":\"UI\",\"Value\":[\"1.2\"]}}", b"]"] {
            reader.push(chunk).unwrap();
        }
        assert_eq!(reader.finish().unwrap().ignore_loss().len(), 1);
        let mut reader = Reader::new(Options::default());
        reader.push(b"\n").unwrap();
        assert!(reader.push(b"\xEF\xBB\xBF[]").is_err(), "it is behind white space, as in one piece");
    }
}
