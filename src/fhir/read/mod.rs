//! Reading FHIR: an ImagingStudy, a Bundle, NDJSON, in any release.
//!
//! Resources refer to each other, so that a text is kept whole as a tree; where none does, it is read entry by entry (`stream.rs`), and what
//! repeats is compared with what was before it (`replay.rs`, `runs.rs`). Rows of the table take the elements they know, and their cells go the
//! way that cells of DICOM JSON go: through the assembler into the record. Whatever leaf nobody took is told at the end.

/// The number of a member's name, known while compiling.
macro_rules! named {
    ($name:literal) => {
        const { $crate::table::name($name) }
    };
}

mod around;
mod cells;
mod datatypes;
mod elements;
mod endpoint;
mod history;
mod index;
mod instance;
mod issuer;
mod ledger;
mod literal;
mod meant;
mod model;
mod pattern;
mod places;
mod replay;
mod retrieve;
mod runs;
mod settle;
mod spell;
mod stream;
mod study;
mod withdrawn;

use crate::assemble::Assembler;
use crate::dicom::DataSet;
use crate::error::{Error, Kind};
use crate::json::scan::{Next, Scanner};
use crate::json::tree::{Id, SEEN_NUMBERS, Tree};
use crate::kind::{Outcome, PERSON};
use crate::loss::{Code, Loss, Mapped, Sink};
use crate::options::Options;
use crate::release::Release;
use crate::study::{KNOWS_ALL, Study};
use crate::table::{IDENTIFIED, Level, NUMBERS, RESOURCE_TYPE, RowRef, number_of};
use crate::value::FIELDS;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
pub use endpoint::{Endpoint, read_endpoint};
use index::Index;
use ledger::Ledger;
use places::Places;
pub use retrieve::retrievals;
use runs::Runs;

/// Reads FHIR JSON of `release`: an ImagingStudy, a Bundle of any type, or several resources one after the other (NDJSON).
///
/// References are followed inside the text: to Patient, Practitioner, Endpoint, ServiceRequest, Location, and the Organization that assigns an identifier,
/// contained or in the Bundle. `options` are those that wrote the text, as far as they are known: what they put in is understood. Forms of other releases and
/// what is met besides are read and reported.
///
/// An Endpoint alone is read to no study; see [`read_endpoint`](super::read_endpoint).
///
/// # Errors
/// No JSON, HTML, an OperationOutcome, another resource, a limit, or, in strict mode, the first departure or contradiction.
///
/// ```
/// use fhir_dicomweb::{Options, Release, dicom, fhir};
/// let text = br#"{"resourceType":"ImagingStudy","status":"available","started":"2024-01-14",
///     "identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"subject":{"display":"Doe^John"},"note":[{"text":"x"}]}"#;
/// let read = fhir::read(text, Release::R4, &Options::default())?;
/// assert_eq!(read.loss.to_string().lines().next().unwrap().split(':').next(), Some("no-attribute at ImagingStudy.note.text"));
/// let rows = dicom::write(&read.value[0], dicom::Rows::Study, &Options::default()).ignore_loss();
/// assert!(rows.as_str().contains(r#""00080020":{"vr":"DA","Value":["20240114"]}"#));
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
pub fn read(json: &[u8], release: Release, options: &Options) -> Result<Mapped<Vec<Study>>, Error> {
    run(json, release, options, Sink::new(options.strict, None), false)
}

/// As [`read`], and `each` sees losses as they happen, not coalesced but for equal ones of one study or series.
///
/// # Errors
/// As [`read`].
pub fn read_with(json: &[u8], release: Release, options: &Options, each: &mut dyn FnMut(&Loss)) -> Result<Mapped<Vec<Study>>, Error> {
    run(json, release, options, Sink::new(options.strict, Some(each)), false)
}

/// As [`read_with`], by the general path alone: for tests, which hold that the fast paths give the same.
///
/// # Errors
/// As [`read`].
#[doc(hidden)]
pub fn read_plainly(json: &[u8], release: Release, options: &Options, each: &mut dyn FnMut(&Loss)) -> Result<Mapped<Vec<Study>>, Error> {
    run(json, release, options, Sink::new(options.strict, Some(each)), true)
}

fn run(json: &[u8], release: Release, options: &Options, mut sink: Sink<'_>, plainly: bool) -> Result<Mapped<Vec<Study>>, Error> {
    if !plainly {
        if let Some(read) = stream::read(json, release, options, &mut sink) {
            return Ok(read);
        }
    }
    let (tree, roots) = if plainly { parse_plainly(json, options)? } else { parse(json, options)? };
    sink.spelled_in(release);
    let mut index = Index::new(&tree, &roots, Index::budget(json.len(), options.limits.expansion));
    index.supersede();
    check_types(&tree, &roots)?;
    let mut reader = Reader::new(&tree, &index, options, release, Room::default());
    reader.plainly = plainly;
    let mut assembler = Assembler::new();
    let studies = index.studies();
    for study in studies {
        sink.next_resource(assembler.rows());
        reader.study(*study, &mut assembler, &mut sink)?;
        index.check()?;
    }
    reader.settle(&roots, studies, &mut sink);
    sink.check()?;
    let value = assembler.finish(options, &mut sink)?;
    Ok(Mapped { value, loss: sink.report })
}

/// The values of a text as trees.
pub(super) fn parse<'t>(json: &'t [u8], options: &Options) -> Result<(Tree<'t>, Vec<Id>), Error> {
    let within = json.len() as u64 <= options.limits.input_bytes;
    let text = Some(unmarked(json).0).filter(|_| within).and_then(|bytes| core::str::from_utf8(bytes).ok());
    match text.and_then(|text| Tree::quick(text, options.limits.nesting(), number_of, RESOURCE_TYPE)) {
        Some(quick) => Ok(quick),
        None => parse_plainly(json, options),
    }
}

/// A text without the mark that may begin it, and how long that is.
fn unmarked(json: &[u8]) -> (&[u8], u64) {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    match json.strip_prefix(MARK) {
        Some(bytes) => (bytes, MARK.len() as u64),
        None => (json, 0),
    }
}

/// The same, the strict way, which tells what is wrong and where.
fn parse_plainly<'t>(json: &'t [u8], options: &Options) -> Result<(Tree<'t>, Vec<Id>), Error> {
    if json.len() as u64 > options.limits.input_bytes {
        return Err(Error::new(Kind::LimitInput));
    }
    let (bytes, base) = unmarked(json);
    let mut scanner = Scanner::new(bytes, options.limits.nesting(), true);
    let (mut tree, mut roots) = (Tree::new(bytes.len(), number_of, RESOURCE_TYPE), Vec::new());
    while !scanner.is_done() {
        let at = base + scanner.at() as u64;
        if bytes.get(scanner.at()) == Some(&b'<') {
            return Err(Error::at(Kind::Html, at));
        }
        let next = scanner.peek().map_err(|stop| Error::from_stop(stop, base))?;
        let root = tree.add(&mut scanner).map_err(|stop| Error::from_stop(stop, base))?;
        if next != Next::Object {
            return Err(Error::at(Kind::NotFhir, at));
        }
        roots.push(root.map_err(|_| Error::new(Kind::Limit))?);
    }
    Ok((tree, roots))
}

/// A text in which nothing can be a study is not what was meant.
fn check_types(tree: &Tree<'_>, roots: &[Id]) -> Result<(), Error> {
    let types: Vec<Option<&str>> = roots.iter().map(|root| index::type_of(tree, *root)).collect();
    let has = |wanted: &[&str]| types.iter().flatten().any(|name| wanted.contains(name));
    if roots.is_empty() || has(&["ImagingStudy", "Bundle", "Endpoint"]) {
        return Ok(());
    }
    Err(Error::new(match () {
        () if has(&["OperationOutcome"]) => Kind::ErrorAnswer,
        () if types.iter().any(Option::is_some) => Kind::OtherResource,
        () => Kind::NotFhir,
    }))
}

// Texts without references are told by their names.
const _: () = assert!(NUMBERS <= SEEN_NUMBERS);

/// What reading a tree needs room for, kept from tree to tree.
#[derive(Default)]
struct Room {
    ledger: Ledger,
    /// The data set that is being filled.
    set: DataSet,
    /// The leaves that are its cells, and those that go with them.
    leaves: Vec<Id>,
    /// How many items each row has in it.
    counters: Vec<(RowRef, u32)>,
    /// Facts that hold one item and have it; the item itself once another one is compared with it; where its cells begin.
    taken: Vec<(RowRef, Option<[String; FIELDS]>, usize)>,
    /// Room for what kinds say of leaves.
    outcomes: Vec<(Id, Outcome)>,
    places: Places,
    /// Whether a reference of the value at hand leads nowhere.
    is_nowhere: bool,
    /// The rows of which a reference that leads nowhere would say more, by level: a bit each.
    unknown: [u64; 4],
    /// Whether the resource says that it is not all that there is of it.
    is_part: bool,
}

impl Room {
    /// A resource says all that it knows: what is not there is absent, but for what a reference that leads nowhere would say.
    fn know(&mut self) {
        self.set.known = KNOWS_ALL;
        if self.is_part {
            // An element that is there is there whole.
            self.set.known = [0; 4];
            for row in self.set.cells.iter().filter_map(|cell| cell.row) {
                let is_person = row.row().is_some_and(|row| row.kind.name == PERSON);
                let bits = 1 | u64::from(is_person && row.level != Level::Patient) << IDENTIFIED;
                self.set.known.iter_mut().skip(row.level as usize).take(1).for_each(|known| *known |= bits << row.index);
            }
        }
        self.set.known.iter_mut().zip(self.unknown).for_each(|(known, unknown)| *known &= !unknown);
    }

    /// A row is not known.
    fn leave_open(&mut self, row: RowRef, bits: u64) {
        self.unknown.iter_mut().skip(row.level as usize).take(1).for_each(|unknown| *unknown |= bits << row.index);
    }
}

/// Reads studies out of a tree.
struct Reader<'d, 'o> {
    tree: &'d Tree<'d>,
    index: &'o Index<'d>,
    options: &'o Options,
    release: Release,
    room: Room,
    /// Instances that are in no tree.
    runs: Option<&'o Runs<'d>>,
    /// How many of them were read.
    in_runs: usize,
    /// Leaves of theirs that say what the others are.
    used: u64,
    /// Studies before those of this tree.
    before: u64,
    /// The resource that is being read.
    resource: Id,
    /// The leaves that say its UID.
    uid_leaves: Vec<Id>,
    /// Whether instances go the general way, however usual they are.
    plainly: bool,
    /// The types of resources that were asked for: a type may stand behind many members, and many leaves ask.
    types: BTreeMap<Id, Option<&'static str>>,
}

impl<'d, 'o> Reader<'d, 'o> {
    fn new(tree: &'d Tree<'d>, index: &'o Index<'d>, options: &'o Options, release: Release, mut room: Room) -> Self {
        room.ledger.begin(tree.len());
        Reader {
            tree,
            index,
            options,
            release,
            room,
            runs: None,
            in_runs: 0,
            used: 0,
            before: 0,
            resource: 0,
            uid_leaves: Vec::new(),
            plainly: false,
            types: BTreeMap::new(),
        }
    }
}

/// The code of leaves below a resource that cannot be placed.
const UNPLACED: Code = Code::NoIdentity;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn losses_tell_the_first_resource() {
        let study = |uid: &str, more: &str| {
            [r#"{"resourceType":"ImagingStudy","status":"available","subject":{"display":"A^B"},"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:"#, uid, r#""}]"#, more, "}"].concat()
        };
        let text =
            [study("1.2.3", ""), study("1.2.4", r#","note":[{"text":"x"}],"description":5"#), study("1.2.5", r#","note":[{"text":"y"}]"#)]
                .concat();
        let read = read(text.as_bytes(), Release::ALL.into_iter().next().unwrap(), &Options::default()).unwrap();
        let firsts: Vec<(&str, u64, u64)> = read.loss.iter().map(|loss| (loss.code.name(), loss.first, loss.count)).collect();
        assert_eq!(firsts, [("other-type", 1, 1), ("no-attribute", 1, 2)]);
        assert_eq!(read.value.len(), 3);
    }

    #[test]
    fn a_study_without_identity_says_nothing_of_the_one_before() {
        let study = |uids: &[&str]| {
            let uid = |uid: &&str| [r#"{"system":"urn:dicom:uid","value":"urn:oid:"#, uid, r#""}"#].concat();
            let uids: alloc::vec::Vec<String> = uids.iter().map(uid).collect();
            [r#"{"resourceType":"ImagingStudy","status":"available","subject":{"display":"A^B"},"identifier":["#, &uids.join(","), "]}"]
                .concat()
        };
        // The second study's first UID is none, so that the second one has nothing to contradict.
        let (one, two) = (study(&["1.2.3"]), study(&["a/b", "1.2.4"]));
        let read = |text: &str| {
            let release = Release::ALL.into_iter().next().unwrap();
            let read = read_plainly(text.as_bytes(), release, &Options::default(), &mut |_| {}).unwrap();
            (read.loss.carried(), read.loss.counted())
        };
        let ((carried, counted), (more_carried, more_counted)) = (read(&one), read(&two));
        assert_eq!(read(&[one, two].concat()), (carried + more_carried, counted + more_counted));
    }
}
