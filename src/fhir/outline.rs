//! Studies that are written as one before them was, but for the values.
//!
//! Studies of one archive have the same facts, and their entries in a Bundle the same text around them. The entry that the walk wrote becomes
//! an [`Outline`]: constant text with a hole wherever a fact stands. A study that has facts of the same rows fills the holes with its own,
//! from [`Memory`](super::memory) or as they stand, and loses what that study lost. One that does not fit is left to the walk, untouched.
//!
//! What may be constant: text between facts depends on which rows there are facts of, on release and options, and on no value, except where
//! [`Check`]s hold a value to be what it was. Facts that were written in another way than through a hole are checked to be the same.

use super::memory::{self, Memory};
use super::place;
use super::plan::Entry;
use super::shape::Short;
use super::trace::{Part, Trace};
use crate::grammar::plain::is_number;
use crate::grammar::uid::is_oid;
use crate::json::text::Writer;
use crate::kind::Cx;
use crate::loss::{Loss, LossReport};
use crate::options::Options;
use crate::policy::{Endpoints, Subject};
use crate::study::{Study, study_slot};
use crate::table::{Level, RowRef, row};
use crate::value::{self, Items};
use alloc::string::String;
use alloc::vec::Vec;

/// Outlines at a time: studies with and without this or that fact.
const OUTLINES: usize = 8;
/// Texts that a list may have.
const LISTS: usize = 16;
/// Studies that go by, at most, before the next is tried as an outline.
const PATIENCE: u32 = 128;
/// The longest entry that becomes an outline: outlines are kept.
const LONG: usize = 1 << 16;

/// What fills a gap of the text.
enum Hole {
    Uid,
    /// A fact of one item, and whether it gives a text.
    Fact(Entry, bool),
    /// What a list gave, by its run.
    List(RowRef, Vec<Said>),
    Count(RowRef),
}

/// A list and its text.
struct Said {
    run: String,
    text: Vec<u8>,
    carried: u64,
    losses: Vec<Loss>,
}

/// What must hold of a fact that fills no hole.
enum Check {
    /// It is the same.
    Same(RowRef, String),
    /// As many items have the same fields: it is lost, field by field.
    Fields(RowRef, String),
}

/// An entry with holes.
struct Outline {
    present: [u64; 2],
    text: Vec<u8>,
    /// Where in the text a hole begins and ends, and what fills it.
    holes: Vec<(usize, usize, Hole)>,
    checks: Vec<Check>,
    /// What each study carries and loses, besides what fills its holes.
    carried: u64,
    losses: Vec<Loss>,
    /// Studies that are not accounted for, and whether there was any.
    studies: u64,
    fitted: bool,
}

/// An entry that the walk wrote, where its parts are, and what was told of it.
pub(super) struct Written<'w> {
    pub(super) study: &'w Study,
    pub(super) entry: &'w [u8],
    pub(super) trace: &'w Trace,
    pub(super) own: &'w LossReport,
}

/// The outlines of a Bundle.
#[derive(Default)]
pub(super) struct Outlines {
    all: Vec<Outline>,
    last: usize,
    next: usize,
    wait: u32,
    patience: u32,
    /// What filling holes lost, until it is clear that all could be filled.
    lost: Vec<Loss>,
}

/// Whether outlines know everything that entries depend on: no text depends on who was met before, or on RetrieveURL.
fn may_outline(options: &Options) -> bool {
    let no_endpoint = options.endpoints == Endpoints::None || options.endpoint_base.as_deref().is_none_or(str::is_empty);
    !place::people_are_resources(options) && !matches!(options.subject, Subject::Separate) && no_endpoint && !options.trust_retrieve_url
}

/// The study's UID, if it has nothing that an entry could depend on but facts of itself and its patient.
fn plain_uid(study: &Study) -> Option<&str> {
    let bare = study.series.is_empty() && study.instances.is_empty() && !study.is_patient_conflict();
    study.get(row::STUDY_UID).filter(|uid| bare && is_oid(uid))
}

fn present(study: &Study) -> [u64; 2] {
    [study.present(Level::Patient), study.present(Level::Study)]
}

fn run_of(study: &Study, row: RowRef) -> Option<&str> {
    study.text_at(study.facts.get(study_slot(row)?).copied()?)
}

/// The digits of a count that is written as it stands. None at all would be another status.
fn digits(study: &Study, row: RowRef) -> Option<&str> {
    value::only(run_of(study, row)?).filter(|digits| is_number(digits.as_bytes()) && *digits != "0")
}

impl Outlines {
    /// Writes the entry of a study that fits an outline, and tells what it loses; whether one did.
    pub(super) fn write(&mut self, study: &Study, options: &Options, memory: &mut Memory, out: &mut Vec<u8>, loss: &mut LossReport) -> bool {
        if self.all.is_empty() {
            return false;
        }
        let Some(uid) = plain_uid(study) else { return false };
        let (present, start) = (present(study), out.len());
        let last = self.last;
        for at in core::iter::once(last).chain((0..self.all.len()).filter(|at| *at != last)) {
            let Some(outline) = self.all.get_mut(at).filter(|outline| outline.present == present) else { continue };
            self.lost.clear();
            if let Some(carried) = outline.fill((study, uid), options, memory, out, &mut self.lost) {
                outline.studies += 1;
                outline.fitted = true;
                loss.carry(carried);
                self.lost.iter().for_each(|lost| loss.add(*lost));
                self.last = at;
                return true;
            }
            out.truncate(start);
        }
        false
    }

    /// Whether the next study that fits no outline is to be traced.
    pub(super) fn wants(&mut self, options: &Options) -> bool {
        self.wait = match self.wait.checked_sub(1) {
            Some(left) => left,
            None => return may_outline(options),
        };
        false
    }

    /// Makes an outline of an entry that the walk wrote, of which `own` is what the walk told.
    pub(super) fn learn(&mut self, written: &Written<'_>, options: &Options, memory: &mut Memory, loss: &mut LossReport) {
        let new = plain_uid(written.study).filter(|_| written.entry.len() <= LONG);
        let useful = match new.and_then(|uid| Outline::of(written, uid, options, memory)) {
            Some(new) => match self.all.iter_mut().find(|known| known.is_like(&new)) {
                Some(known) => known.join(new),
                None => {
                    // What gives way is accounted for.
                    self.settle(loss);
                    let at = self.next % OUTLINES;
                    (self.last, self.next) = (at, at + 1);
                    match self.all.get_mut(at) {
                        Some(slot) => core::mem::replace(slot, new).fitted,
                        None => {
                            self.all.push(new);
                            true
                        }
                    }
                }
            },
            None => false,
        };
        self.patience = if useful { 0 } else { (self.patience * 2).clamp(1, PATIENCE) };
        self.wait = self.patience;
    }

    /// Accounts for the studies that fitted.
    pub(super) fn settle(&mut self, loss: &mut LossReport) {
        for outline in &mut self.all {
            let studies = core::mem::take(&mut outline.studies);
            loss.carry(outline.carried * studies);
            if studies > 0 {
                outline.losses.iter().for_each(|lost| loss.add(Loss { count: lost.count * studies, ..*lost }));
            }
        }
    }
}

impl Outline {
    fn of(written: &Written<'_>, uid: &str, options: &Options, memory: &mut Memory) -> Option<Outline> {
        let Written { study, entry, trace, own } = written;
        // What the holes tell themselves.
        let mut told = LossReport::default();
        let mut holes = Vec::with_capacity(trace.parts.len());
        let mut filled = [0_u64; 4];
        for (part, from, to) in &trace.parts {
            let (from, to) = (from.checked_sub(trace.start)?, to.checked_sub(trace.start)?);
            let (row, hole) = match part {
                Part::Uid => (row::STUDY_UID.into(), Hole::Uid),
                Part::Count(row) => {
                    digits(study, *row)?;
                    told.carry(1);
                    (*row, Hole::Count(*row))
                }
                Part::List(row) => {
                    let (_, loss) = trace.of_lists.iter().find(|(of, _)| of == row)?;
                    told.take_in(loss);
                    let run = value::run(run_of(study, *row)?, row.row()?.kind.fields).into();
                    let text = entry.get(from..to)?.into();
                    let said = Said { run, text, carried: loss.carried(), losses: loss.iter().copied().collect() };
                    (*row, Hole::List(*row, Vec::from([said])))
                }
                Part::Fact(of) => {
                    let said = said(of, study, options, memory)?;
                    told.carry(said.carried());
                    said.losses().iter().for_each(|loss| told.add(*loss));
                    (of.row_ref, Hole::Fact(*of, from < to))
                }
            };
            *filled.get_mut(row.level as usize)? |= 1 << row.index;
            holes.push((from, to, hole));
        }
        let mut losses = Vec::new();
        for loss in own.iter() {
            let by_holes = told.iter().filter(|told| told.code == loss.code && told.at == loss.at).map(|told| told.count).sum();
            let count = loss.count.checked_sub(by_holes)?;
            if count > 0 || loss.count == 0 {
                losses.push(Loss { count, ..*loss });
            }
        }
        let outline = Outline {
            present: present(study),
            text: entry.to_vec(),
            holes,
            checks: checks(study, trace, filled),
            carried: own.carried().checked_sub(told.carried())?,
            losses,
            studies: 0,
            fitted: false,
        };
        // What does not give back the study that it was made of is no outline.
        let mut again = Vec::with_capacity(entry.len());
        outline.fill((study, uid), options, memory, &mut again, &mut Vec::new())?;
        (again == *entry).then_some(outline)
    }

    /// Fills the holes, as far as they fit; how many leaves they carry.
    fn fill(&self, (study, uid): (&Study, &str), options: &Options, memory: &mut Memory, out: &mut Vec<u8>, lost: &mut Vec<Loss>) -> Option<u64> {
        self.checks.iter().all(|check| check.holds(study)).then_some(())?;
        let (mut carried, mut from) = (0, 0);
        for (start, end, hole) in &self.holes {
            out.extend_from_slice(self.text.get(from..*start)?);
            from = *end;
            match hole {
                Hole::Uid => out.extend_from_slice(uid.as_bytes()),
                Hole::Count(row) => {
                    out.extend_from_slice(digits(study, *row)?.as_bytes());
                    carried += 1;
                }
                Hole::List(row, known) => {
                    let run = run_of(study, *row)?.as_bytes();
                    let said = known.iter().find(|said| run.starts_with(said.run.as_bytes()))?;
                    out.extend_from_slice(&said.text);
                    carried += said.carried;
                    lost.extend_from_slice(&said.losses);
                }
                Hole::Fact(entry, some) => {
                    let said = said(entry, study, options, memory)?;
                    carried += said.carried();
                    lost.extend_from_slice(said.losses());
                    (said.write(out) == *some).then_some(())?;
                }
            }
        }
        out.extend_from_slice(self.text.get(from..)?);
        Some(carried)
    }

    /// Whether the other differs in nothing but what fills its holes.
    fn is_like(&self, other: &Outline) -> bool {
        let holes = || self.holes.iter().zip(&other.holes);
        let mut between = (0, 0);
        self.present == other.present
            && self.checks == other.checks
            && self.holes.len() == other.holes.len()
            && (self.carried, self.losses.as_slice()) == (other.carried, other.losses.as_slice())
            && holes().all(|((start, end, hole), (other_start, other_end, other_hole))| {
                let (from, other_from) = core::mem::replace(&mut between, (*end, *other_end));
                hole.is_like(other_hole) && self.text.get(from..*start) == other.text.get(other_from..*other_start)
            })
            && self.text.get(between.0..) == other.text.get(between.1..)
    }

    /// Learns the lists of another; whether there was any to learn.
    fn join(&mut self, other: Outline) -> bool {
        let mut learnt = false;
        for ((_, _, hole), (_, _, other)) in self.holes.iter_mut().zip(other.holes) {
            if let (Hole::List(_, known), Hole::List(_, new)) = (hole, other) {
                for said in new {
                    if known.len() < LISTS && !known.iter().any(|known| known.run == said.run) {
                        known.push(said);
                        learnt = true;
                    }
                }
            }
        }
        learnt
    }
}

impl Hole {
    fn is_like(&self, other: &Hole) -> bool {
        match (self, other) {
            (Hole::Uid, Hole::Uid) => true,
            (Hole::Fact(one, some), Hole::Fact(other, same)) => one.id == other.id && some == same,
            (Hole::List(one, _), Hole::List(other, _)) | (Hole::Count(one), Hole::Count(other)) => one == other,
            _ => false,
        }
    }
}

/// What a fact gives.
enum Says<'m, 'a> {
    Memory(memory::Said<'m, 'a>),
    Short(Short, u64),
}

/// What the fact of one item gives at a place, if that needs no walk.
fn said<'m, 'a>(entry: &Entry, study: &'a Study, options: &Options, memory: &'m mut Memory) -> Option<Says<'m, 'a>> {
    let fact = Items::single(run_of(study, entry.row_ref)?)?;
    let cx = Cx { options, shape: entry.at.shape };
    if let Some(at_once) = entry.row.kind.at_once {
        let mut short = Short::default();
        let carried = at_once(&Items::at(fact.run, entry.row.kind.fields).next()?, &cx, &mut short);
        if carried > 0 {
            return Some(Says::Short(short, carried));
        }
    }
    memory.find(entry, &fact, &cx).map(Says::Memory)
}

impl Says<'_, '_> {
    fn carried(&self) -> u64 {
        match self {
            Says::Memory(said) => said.carried,
            Says::Short(_, carried) => *carried,
        }
    }

    fn losses(&self) -> &[Loss] {
        match self {
            Says::Memory(said) => said.losses,
            Says::Short(..) => &[],
        }
    }

    /// Writes its text; whether there is any.
    fn write(&self, out: &mut Vec<u8>) -> bool {
        match self {
            Says::Short(short, _) => Writer::new(out).string(short.as_str()),
            Says::Memory(said) => {
                let Some((head, first, tail)) = said.text else { return false };
                Writer::new(out).spliced(head, first, tail);
            }
        }
        true
    }
}

/// What facts must be that fill no hole, or do more than that.
fn checks(study: &Study, trace: &Trace, filled: [u64; 4]) -> Vec<Check> {
    let mut checks = Vec::new();
    for level in [Level::Patient, Level::Study] {
        let bits = |bits: &[u64; 4]| bits.get(level as usize).copied().unwrap_or(0);
        let mut open = study.present(level) & (!bits(&filled) | bits(&trace.other));
        while open != 0 {
            let row = RowRef { level, index: open.trailing_zeros() as u8 };
            open &= open - 1;
            let (Some(of), Some(text)) = (row.row(), run_of(study, row)) else { continue };
            let run = value::run(text, of.kind.fields).into();
            // Of an address that nobody trusts it is told that it is there.
            let is_told = bits(&trace.left) & 1 << row.index != 0 || row == row::RETRIEVE_URL.into();
            checks.push(if is_told { Check::Fields(row, run) } else { Check::Same(row, run) });
        }
    }
    checks
}

impl Check {
    fn holds(&self, study: &Study) -> bool {
        match self {
            Check::Same(row, run) => run_of(study, *row).is_some_and(|own| own.as_bytes().starts_with(run.as_bytes())),
            Check::Fields(row, run) => {
                let fields = row.row().map_or(0, |row| row.kind.fields);
                run_of(study, *row).is_some_and(|own| value::have_same_fields(own, run, fields))
            }
        }
    }
}

/// Checks are alike where they ask for the same: of lost fields, which there are.
impl PartialEq for Check {
    fn eq(&self, other: &Check) -> bool {
        match (self, other) {
            (Check::Same(row, run), Check::Same(other, same)) => row == other && run == same,
            (Check::Fields(row, run), Check::Fields(other, same)) => {
                row == other && value::have_same_fields(run, same, row.row().map_or(0, |row| row.kind.fields))
            }
            _ => false,
        }
    }
}
