//! A text read entry by entry, where no entry needs another: nothing of it is kept but what comes of it.
//!
//! What is read here is read on trial. Where anything is not as it mostly is (no JSON, a reference that may lead to another entry, a limit
//! that is met, a loss that strict mode does not allow) nothing comes of it, and the whole text is read again as one tree, which says what is
//! the matter in the order in which everybody hears it. So nobody hears of a loss before the text is read.

use super::index::{Index, text as text_of, type_of};
use super::instance::class_shape;
use super::model::Model;
use super::replay::Replay;
use super::runs::Runs;
use super::settle::HEARD;
use super::study::is_wrapped;
use super::withdrawn::is_withdrawn;
use super::{Reader, Room, unmarked};
use crate::assemble::Assembler;
use crate::json::quick::{Lists, Quick};
use crate::json::tree::{Id, Name, Tree};
use crate::loss::{Class, Loss, LossReport, Mapped, Sink};
use crate::options::Options;
use crate::release::Release;
use crate::study::Study;
use crate::table::{RESOURCE_TYPE, number_of};
use alloc::vec::Vec;
use core::cell::RefCell;

const ENTRY: Name = named!("entry");

/// Bytes that an entry mostly has at most.
const USUAL: usize = 1 << 12;

/// Reads a text; `sink` is told of nothing if nothing comes of it.
pub(super) fn read(json: &[u8], release: Release, options: &Options, sink: &mut Sink<'_>) -> Option<Mapped<Vec<Study>>> {
    if json.len() as u64 > options.limits.input_bytes {
        return None;
    }
    let text = core::str::from_utf8(unmarked(json).0).ok()?;
    let heard = RefCell::new(Vec::new());
    let mut hear = |loss: &Loss| heard.borrow_mut().push(*loss);
    let listens = sink.listens();
    let mut own = Sink::new(options.strict, if listens { Some(&mut hear) } else { None });
    own.spelled_in(release);
    let mut stream = Stream::new(release, options, own, &heard);
    stream.budget = Index::budget(json.len(), options.limits.expansion);
    let mut settled = Settled::new(listens);
    let mut quick = Quick::new(text, options.limits.nesting(), tree());
    let (mut any, mut good) = (false, false);
    while let Some(b'{') = quick.next() {
        any = true;
        good |= stream.root(&mut quick, &mut settled)?;
    }
    if !quick.rest().is_empty() || any && !good || options.strict && settled.broken {
        return None;
    }
    let Stream { sink: mut own, assembler, .. } = stream;
    own.check().ok()?;
    heard.borrow_mut().extend(settled.heard.into_iter().flatten());
    own.report.append(&settled.report, 0);
    let value = assembler.finish(options, &mut own).ok()?;
    let loss = own.report;
    heard.borrow().iter().for_each(|loss| sink.hear(loss));
    Some(Mapped { value, loss })
}

/// A tree of an entry.
fn tree<'t>() -> Tree<'t> {
    Tree::new(USUAL, number_of, RESOURCE_TYPE)
}

/// What is told when all studies are read, of what was read so far.
struct Settled {
    report: LossReport,
    heard: Option<Vec<Loss>>,
    broken: bool,
}

impl Settled {
    fn new(listens: bool) -> Self {
        Settled { report: LossReport::default(), heard: listens.then(Vec::new), broken: false }
    }

    fn tell(&mut self, loss: Loss) {
        self.broken |= matches!(loss.class(), Class::Deviation | Class::Conflict);
        self.heard.iter_mut().for_each(|heard| heard.push(loss));
        self.report.add(loss);
    }

    /// What another is told comes behind.
    fn append(&mut self, other: Settled) {
        self.broken |= other.broken;
        self.heard.iter_mut().for_each(|heard| heard.extend(other.heard.iter().flatten()));
        self.report.append(&other.report, 0);
    }

    /// Whether all that is told is still told apart.
    fn has_room(&self) -> bool {
        !self.report.is_full() && self.heard.as_ref().is_none_or(|heard| heard.len() < HEARD)
    }
}

struct Stream<'t, 'o> {
    release: Release,
    options: &'o Options,
    assembler: Assembler,
    sink: Sink<'o>,
    room: Room,
    runs: Runs<'t>,
    /// Room for the tree of an entry.
    spare: Tree<'t>,
    replay: Replay,
    /// Studies that were read.
    studies: u64,
    /// How much may still be read again.
    budget: u64,
    heard: &'o RefCell<Vec<Loss>>,
}

/// A resource that stands for itself, or a Bundle, while it is read.
struct Root<'s, 't, 'o> {
    stream: &'s mut Stream<'t, 'o>,
    /// The list of entries, and what they are told.
    entries: Option<(Id, Settled)>,
    listens: bool,
}

impl<'t> Lists<'t> for Root<'_, 't, '_> {
    fn list(&mut self, quick: &mut Quick<'t>, name: Name, array: Id, depth: u32) -> Option<bool> {
        if name != ENTRY || depth != 2 {
            return self.stream.runs.list(quick, name, array, depth);
        }
        // A second list says nothing.
        if self.entries.is_some() {
            return None;
        }
        let mut settled = Settled::new(self.listens);
        self.stream.entries(quick, &mut settled)?;
        self.entries = Some((array, settled));
        Some(true)
    }
}

impl<'t, 'o> Stream<'t, 'o> {
    fn new(release: Release, options: &'o Options, sink: Sink<'o>, heard: &'o RefCell<Vec<Loss>>) -> Self {
        Stream {
            release,
            options,
            assembler: Assembler::new(),
            sink,
            room: Room::default(),
            runs: Runs::new(class_shape(release)),
            spare: tree(),
            replay: Replay::default(),
            studies: 0,
            budget: Index::budget(0, 0),
            heard,
        }
    }

    /// Reads what stands at the top; whether it is of a type that is read.
    fn root(&mut self, quick: &mut Quick<'t>, settled: &mut Settled) -> Option<bool> {
        if self.repeat(quick, false, settled)? {
            return Some(true);
        }
        quick.tree.clear();
        self.runs.clear();
        let (from, text) = (quick.at(), quick.rest());
        let mut lists = Root { listens: settled.heard.is_some(), stream: self, entries: None };
        let root = quick.object(&mut lists)?;
        let entries = lists.entries;
        let tree = &quick.tree;
        let type_ = type_of(tree, root);
        if type_ != Some("Bundle") {
            if entries.is_some() {
                return None;
            }
            let text = text.get(..quick.at() - from)?;
            self.resource(tree, &Index::new(tree, &[root], self.budget), (root, text), false, settled)?;
            return Some(matches!(type_, Some("ImagingStudy" | "Endpoint")));
        }
        // The first member of the name is the list, or there is none.
        let list = tree.member(root, ENTRY);
        if list != entries.as_ref().map(|(list, _)| *list) || self.runs.len() > 0 {
            return None;
        }
        // Of a history entries say what others are.
        if is_wrapped(tree, root) || text_of(tree, root, "type") == Some("history") {
            return None;
        }
        let index = Index::empty(tree, self.budget);
        let mut reader = Reader::new(tree, &index, self.options, self.release, core::mem::take(&mut self.room));
        let (mut before, mut behind) = (Vec::new(), Vec::new());
        let carried = reader.settle_around(root, list, &mut before, &mut behind)?;
        self.room = reader.room;
        settled.report.carry(carried);
        before.into_iter().for_each(|loss| settled.tell(loss));
        entries.into_iter().for_each(|(_, entries)| settled.append(entries));
        behind.into_iter().for_each(|loss| settled.tell(loss));
        settled.has_room().then_some(true)
    }

    /// Reads the entries of a Bundle to behind the bracket of their list.
    fn entries(&mut self, quick: &mut Quick<'t>, settled: &mut Settled) -> Option<()> {
        if quick.next()? == b']' {
            quick.pass(1);
            return Some(());
        }
        loop {
            if quick.next()? != b'{' {
                return None;
            }
            if !self.repeat(quick, true, settled)? {
                self.entry(quick, settled)?;
            }
            if !quick.goes_on()? {
                return Some(());
            }
        }
    }

    /// Takes what comes next, if it repeats what was before it; whether it did.
    fn repeat(&mut self, quick: &mut Quick<'t>, in_entry: bool, settled: &mut Settled) -> Option<bool> {
        let first = self.assembler.rows();
        let Some(fitted) = self.replay.take(quick.rest(), in_entry, &mut self.assembler, self.options).ok()? else { return Some(false) };
        quick.pass(fitted.len);
        self.sink.next_resource(first);
        self.sink.report.carry(fitted.cells);
        settled.report.carry(fitted.used);
        for loss in fitted.losses {
            settled.tell(Loss { first: self.studies, ..*loss });
        }
        self.studies += 1;
        settled.has_room().then_some(true)
    }

    /// Reads an entry.
    fn entry(&mut self, quick: &mut Quick<'t>, settled: &mut Settled) -> Option<()> {
        let (from, text) = (quick.at(), quick.rest());
        let spare = core::mem::replace(&mut self.spare, Tree::new(0, number_of, RESOURCE_TYPE));
        let (mut tree, root) = quick.apart(spare, 2, &mut self.runs)?;
        if is_wrapped(&tree, root) {
            return None;
        }
        let text = text.get(..quick.at() - from)?;
        self.resource(&tree, &Index::of_entry(&tree, root, self.budget), (root, text), true, settled)?;
        self.runs.clear();
        tree.clear();
        self.spare = tree;
        Some(())
    }

    /// Reads the resource of a tree, which may be that of an entry.
    fn resource<'d>(
        &mut self,
        tree: &'d Tree<'d>,
        index: &Index<'d>,
        (root, text): (Id, &str),
        in_entry: bool,
        settled: &mut Settled,
    ) -> Option<()>
    where
        't: 'd,
    {
        let studies = index.studies();
        // Whatever it leads to may stand elsewhere.
        let leads = !studies.is_empty() && tree.has(named!("reference"));
        // Whether one that is taken back is read, others say.
        if leads || tree.len() >= Id::MAX as usize || studies.iter().any(|study| is_withdrawn(tree, *study)) {
            return None;
        }
        let first = self.assembler.rows();
        let mut reader = Reader::new(tree, index, self.options, self.release, core::mem::take(&mut self.room));
        reader.runs = Some(&self.runs);
        reader.before = self.studies;
        for study in studies {
            self.sink.next_resource(self.assembler.rows());
            reader.study(*study, &mut self.assembler, &mut self.sink).ok()?;
        }
        self.budget = index.left()?;
        // Those that nobody asked for would have to be told.
        if reader.in_runs != self.runs.len() {
            return None;
        }
        let mut told = Vec::new();
        let used = reader.used + reader.settle_one(root, in_entry, studies, &mut told)?;
        settled.report.carry(used);
        told.iter().for_each(|loss| settled.tell(*loss));
        self.studies += studies.len() as u64;
        self.room = reader.room;
        // Exactly one data set came of it.
        if let ([study], 0, 1) = (studies, self.runs.len(), self.assembler.rows() - first) {
            let model = Model { text, tree, root, in_entry, study: *study, room: &self.room, options: self.options, told: &told, used };
            self.replay.learn(&model, &self.assembler);
        }
        (settled.has_room() && self.heard.borrow().len() < HEARD).then_some(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn is_read(text: &str, options: &Options) -> bool {
        read(text.as_bytes(), Release::ALL.into_iter().next().unwrap(), options, &mut Sink::new(options.strict, None)).is_some()
    }

    #[test]
    fn what_needs_nothing_else_is_read_entry_by_entry() {
        let study = |more: &str| {
            [r#"{"resourceType":"ImagingStudy","status":"available","subject":{"display":"A^B"},"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"series":[{"uid":"1.2.3.1","instance":[{"uid":"1.2.3.1.1","number":1},{"uid":"1.2.3.1.2","number":2},{"uid":"1.2.3.1.3","number":3}]}]"#, more, "}"].concat()
        };
        let options = Options::default();
        let bundle = |more: &str| {
            [r#"{"resourceType":"Bundle","id":"x","entry":[{"fullUrl":"u","resource":"#, &study(more), r#"}],"type":"searchset"}"#].concat()
        };
        for text in
            [study(""), bundle(""), [study(""), study(r#","note":[{"text":"x"}]"#)].join("\n"), String::new(), bundle("") + &study("")]
        {
            assert!(is_read(&text, &options), "{text}");
        }
        // What leads elsewhere, what is wrong, what is not allowed.
        let mut few = Options::default();
        few.limits.instances = 2;
        assert!(!is_read(&bundle(r#","endpoint":[{"reference":"Endpoint/1"}]"#), &options));
        assert!(!is_read(&bundle("").replace("searchset", "history"), &options));
        assert!(!is_read(&(bundle("") + "x"), &options) && !is_read(&bundle(""), &few));
        assert!(!is_read(&bundle(r#","description":5"#), &Options { strict: true, ..Options::default() }));
    }
    /// Whether a study fitted the pattern of one before it, and how many instances were in runs, in this one text.
    fn repeats(text: &str) -> (bool, usize) {
        let (options, heard) = (Options::default(), RefCell::default());
        let mut stream = Stream::new(Release::ALL.into_iter().next().unwrap(), &options, Sink::new(false, None), &heard);
        let mut quick = Quick::new(text, 64, tree());
        let mut settled = Settled::new(false);
        let mut in_runs = 0;
        while let Some(b'{') = quick.next() {
            stream.root(&mut quick, &mut settled).unwrap();
            in_runs += stream.runs.len();
        }
        (stream.replay.has_fitted(), in_runs)
    }

    #[test]
    fn what_repeats_is_compared() {
        let study = |n: usize, code: &str, more: &str| {
            alloc::format!(
                r#"{{"resourceType":"ImagingStudy","id":"1.2.{n}","meta":{{"versionId":"{n}"}},"identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:1.2.{n}"}}],"status":"available","modality":[{{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"{code}"}}],"subject":{{"identifier":{{"value":"P{n}"}},"display":"A^B{n}"}},"started":"2024-01-1{n}T10:15:3{n}+01:00","numberOfSeries":{n}{more}}}"#
            )
        };
        let entry = |n: usize, code: &str| {
            alloc::format!(r#"{{"fullUrl":"urn:oid:1.2.{n}","resource":{},"search":{{"mode":"match"}}}}"#, study(n, code, ""))
        };
        let all = |code: &str| (1..5).map(|n| entry(n, code)).collect::<Vec<String>>().join(",");
        let lines = |code: &str| (1..5).map(|n| study(n, code, "")).collect::<Vec<String>>().join("\n");
        // As entries, and one to a line.
        assert_eq!(repeats(&[r#"{"resourceType":"Bundle","entry":["#, &all("CT"), "]}"].concat()), (true, 0));
        assert_eq!(repeats(&lines("CT")), (true, 0));
        let series = r#","series":[{"uid":"1.2.1.1","instance":[{"uid":"1.2.1.1.1","number":1},{"uid":"1.2.1.1.2","number":2},{"number":3,"uid":"1.2.1.1.3"},{"uid":"1.2.1.1.4","number":4}]}]"#;
        assert_eq!(repeats(&study(1, "CT", series)), (false, 2));
    }
}
