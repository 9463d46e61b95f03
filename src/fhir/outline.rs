//! An entry with holes: what the walk wrote of one study, for others that have facts of the same rows.
//!
//! What may be constant: text between facts depends on which rows there are facts of, on release and options, and on no value, except where
//! [`Check`]s hold a value to be what it was. Facts that were written in another way than through a hole are checked to be the same.

use super::checks::{Check, checks};
use super::memory::{self, Memory};
use super::plan::Entry;
use super::shape::Short;
use super::trace::{Part, Trace};
use super::walk::{How, Walk};
use super::write::Includes;
use crate::grammar::plain::is_number;
use crate::grammar::uid::is_oid;
use crate::json::text::Writer;
use crate::json::words::plain;
use crate::kind::Cx;
use crate::loss::{Loss, LossReport};
use crate::options::Options;
use crate::study::{Study, study_slot};
use crate::table::{Level, RowRef, row};
use crate::value::{self, Items, Single};
use alloc::string::String;
use alloc::vec::Vec;

/// Texts that a list may have.
const LISTS: usize = 16;

/// What fills a gap of the text.
enum Hole {
    Uid,
    Fact(Fact),
    /// What a list gave, by its run.
    List(usize, Vec<Said>),
    Count(usize),
}

/// A fact of one item.
struct Fact {
    entry: Entry,
    slot: usize,
    /// Whether it gives a text.
    some: bool,
    splice: Option<Splice>,
}

/// Where in the text the first field of a fact stands as it is, for facts that have this behind it.
struct Splice {
    from: usize,
    to: usize,
    behind: String,
    carried: u64,
}

/// A list and its text.
struct Said {
    run: String,
    text: Vec<u8>,
    carried: u64,
    losses: Vec<Loss>,
}

/// An entry with holes.
pub(super) struct Outline {
    pub(super) present: [u64; 2],
    text: Vec<u8>,
    /// Where in the text a hole begins and ends, and what fills it.
    holes: Vec<(usize, usize, Hole)>,
    checks: Vec<Check>,
    /// What each study carries and loses, besides what fills its holes.
    pub(super) carried: u64,
    pub(super) losses: Vec<Loss>,
    /// Studies that are not accounted for, and whether there was any.
    pub(super) studies: u64,
    pub(super) fitted: bool,
}

/// An entry that the walk wrote, where its parts are, and what was told of it.
pub(super) struct Written<'w> {
    pub(super) study: &'w Study,
    pub(super) entry: &'w [u8],
    pub(super) trace: &'w Trace,
    pub(super) own: &'w LossReport,
}

/// The study's UID, if it has nothing that an entry could depend on but facts of itself and its patient.
pub(super) fn plain_uid(study: &Study) -> Option<&str> {
    let bare = study.series.is_empty() && study.instances.is_empty() && !study.is_patient_conflict();
    run_at(study, study_slot(row::STUDY_UID.into())?).and_then(value::only).filter(|uid| bare && is_oid(uid))
}

pub(super) fn present(study: &Study) -> [u64; 2] {
    [study.present(Level::Patient), study.present(Level::Study)]
}

/// The run in a slot of the study, and what is behind it.
pub(super) fn run_at(study: &Study, slot: usize) -> Option<&str> {
    study.text_at(study.facts.get(slot).copied()?)
}

/// The digits of a count that is written as it stands. None at all would be another status.
fn digits(study: &Study, slot: usize) -> Option<&str> {
    value::only(run_at(study, slot)?).filter(|digits| is_number(digits.as_bytes()) && *digits != "0")
}

impl Outline {
    pub(super) fn of(written: &Written<'_>, uid: &str, how: How<'_>, memory: &mut Memory) -> Option<Outline> {
        let Written { study, entry, trace, own } = written;
        let (_, options, _) = how;
        // What the holes tell themselves.
        let mut told = LossReport::default();
        let mut holes = Vec::with_capacity(trace.parts.len());
        let mut filled = [0_u64; 4];
        for (part, from, to) in &trace.parts {
            let (from, to) = (from.checked_sub(trace.start)?, to.checked_sub(trace.start)?);
            let row = match part {
                Part::Uid => row::STUDY_UID.into(),
                Part::Count(row) | Part::List(row) => *row,
                Part::Fact(of) => of.row_ref,
            };
            let slot = study_slot(row)?;
            let hole = match part {
                Part::Uid => Hole::Uid,
                Part::Count(_) => {
                    digits(study, slot)?;
                    told.carry(1);
                    Hole::Count(slot)
                }
                Part::List(_) => {
                    let (_, loss) = trace.of_lists.iter().find(|(of, _)| *of == row)?;
                    told.take_in(loss);
                    let run = value::run(run_at(study, slot)?, row.row()?.kind.fields).into();
                    let text = entry.get(from..to)?.into();
                    let said = Said { run, text, carried: loss.carried(), losses: loss.iter().copied().collect() };
                    Hole::List(slot, Vec::from([said]))
                }
                Part::Fact(of) => {
                    let single = Items::single(run_at(study, slot)?)?;
                    let said = said(of, &single, options, memory)?;
                    told.carry(said.carried());
                    said.losses().iter().for_each(|loss| told.add(*loss));
                    Hole::Fact(Fact { entry: *of, slot, some: from < to, splice: said.splice(from) })
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
        let mut outline = Outline {
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
        outline.fill((study, uid), how, memory, &mut again, &mut Vec::new())?;
        (again == *entry).then_some(outline)
    }

    /// Fills the holes, as far as they fit; how many leaves they carry.
    pub(super) fn fill(
        &mut self,
        (study, uid): (&Study, &str),
        how: How<'_>,
        memory: &mut Memory,
        out: &mut Vec<u8>,
        lost: &mut Vec<Loss>,
    ) -> Option<u64> {
        self.checks.iter().all(|check| check.holds(study)).then_some(())?;
        let (_, options, _) = how;
        let (mut carried, mut done) = (0, 0);
        for (start, end, hole) in &mut self.holes {
            let single = match hole {
                Hole::Fact(fact) => Some(Items::single(run_at(study, fact.slot)?)?),
                _ => None,
            };
            if let (Hole::Fact(fact), Some(single)) = (&hole, &single) {
                if let Some((splice, first)) = fact.spliced(single, options) {
                    out.extend_from_slice(self.text.get(done..splice.from)?);
                    out.extend_from_slice(first.as_bytes());
                    carried += splice.carried;
                    done = splice.to;
                    continue;
                }
            }
            out.extend_from_slice(self.text.get(done..*start)?);
            done = *end;
            carried += match hole {
                Hole::Uid => {
                    out.extend_from_slice(uid.as_bytes());
                    0
                }
                Hole::Count(slot) => {
                    out.extend_from_slice(digits(study, *slot)?.as_bytes());
                    1
                }
                Hole::List(slot, known) => {
                    let said = listed(known, study, run_at(study, *slot)?, how, memory)?;
                    out.extend_from_slice(&said.text);
                    lost.extend_from_slice(&said.losses);
                    said.carried
                }
                Hole::Fact(fact) => fact.fill(&single?, study, how, memory, out, lost)?,
            };
        }
        out.extend_from_slice(self.text.get(done..)?);
        Some(carried)
    }

    /// Whether the other differs in nothing but what fills its holes.
    pub(super) fn is_like(&self, other: &Outline) -> bool {
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
}

impl Hole {
    fn is_like(&self, other: &Hole) -> bool {
        match (self, other) {
            (Hole::Uid, Hole::Uid) => true,
            (Hole::Fact(one), Hole::Fact(other)) => one.entry.id == other.entry.id && one.some == other.some,
            (Hole::List(one, _), Hole::List(other, _)) | (Hole::Count(one), Hole::Count(other)) => one == other,
            _ => false,
        }
    }
}

/// What is written of the modalities of a study that has no series, from the known, or as the walk does it.
fn listed<'k>(known: &'k mut Vec<Said>, study: &Study, run: &str, how: How<'_>, memory: &mut Memory) -> Option<&'k Said> {
    if let Some(at) = known.iter().position(|said| run.as_bytes().starts_with(said.run.as_bytes())) {
        return known.get(at);
    }
    let (mut text, mut own, mut includes) = (Vec::new(), LossReport::default(), Includes::default());
    Walk::new(study, how, Writer::going_on(&mut text), (&mut includes, memory, None), &mut own).modalities(study);
    if known.len() >= LISTS {
        known.clear();
    }
    let fields = RowRef::from(row::MODALITIES).row().map_or(0, |row| row.kind.fields);
    known.push(Said { run: value::run(run, fields).into(), text, carried: own.carried(), losses: own.iter().copied().collect() });
    known.last()
}

impl Fact {
    /// Where the first field goes, and the field, if that is all there is to do.
    fn spliced<'s, 'a>(&'s self, single: &Single<'a>, options: &Options) -> Option<(&'s Splice, &'a str)> {
        let splice = self.splice.as_ref()?;
        let Single { first, behind, .. } = *single;
        let cx = Cx { options, shape: self.entry.at.shape };
        let fits = behind.as_bytes().starts_with(splice.behind.as_bytes()) && plain(first.as_bytes()) == first.len();
        // The UID has been looked at.
        (fits && (self.entry.row_ref == row::STUDY_UID.into() || (self.entry.row.kind.splices)(first, &cx))).then_some((splice, first))
    }

    /// Writes the fact from memory, or as the walk does it; how many leaves it carries. None if it gives a text where none should be, or none.
    fn fill(
        &self,
        single: &Single<'_>,
        study: &Study,
        how: How<'_>,
        memory: &mut Memory,
        out: &mut Vec<u8>,
        lost: &mut Vec<Loss>,
    ) -> Option<u64> {
        let (before, (_, options, _)) = (out.len(), how);
        let carried = if let Some(said) = said(&self.entry, single, options, memory) {
            lost.extend_from_slice(said.losses());
            said.write(out);
            said.carried()
        } else {
            let (mut own, mut includes) = (LossReport::default(), Includes::default());
            let items = Items::at(single.run, self.entry.row.kind.fields);
            Walk::new(study, how, Writer::new(out), (&mut includes, memory, None), &mut own).remembered(
                &self.entry,
                single,
                items,
                &mut true,
            );
            lost.extend(own.iter());
            own.carried()
        };
        ((out.len() > before) == self.some).then_some(carried)
    }
}

/// What a fact gives.
enum Says<'m, 'a> {
    Memory(memory::Said<'m, 'a>),
    Short(Short, u64),
}

/// What a fact of one item gives at a place, if that needs no walk.
fn said<'m, 'a>(entry: &Entry, fact: &Single<'a>, options: &Options, memory: &'m mut Memory) -> Option<Says<'m, 'a>> {
    let cx = Cx { options, shape: entry.at.shape };
    if let Some(at_once) = entry.row.kind.at_once {
        let mut short = Short::default();
        let carried = at_once(&Items::at(fact.run, entry.row.kind.fields).next()?, &cx, &mut short);
        if carried > 0 {
            return Some(Says::Short(short, carried));
        }
    }
    memory.find(entry, fact, &cx).map(Says::Memory)
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

    /// Writes its text, if there is any.
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Says::Short(short, _) => {
                out.push(b'"');
                out.extend_from_slice(short.as_bytes());
                out.push(b'"');
            }
            Says::Memory(said) => {
                let Some((head, first, tail)) = said.text else { return };
                Writer::new(out).spliced(head, first, tail);
            }
        }
    }

    /// Where the first field stands in a text that begins at `from`, if it stands there as it is and nothing is lost.
    fn splice(&self, from: usize) -> Option<Splice> {
        let Says::Memory(said) = self else { return None };
        let (head, first, _) = said.text.filter(|_| said.losses.is_empty())?;
        let from = from + head.len();
        let behind = said.behind.filter(|_| plain(first.as_bytes()) == first.len())?.into();
        Some(Splice { from, to: from + first.len(), behind, carried: said.carried })
    }
}
