//! Records of one study UID: which of them are one patient's, and which are kept apart.

use super::join::join;
use super::keys::{BOTH, KNOWN, Keys};
use super::records::Records;
use super::strangers::{WHO, join_strangers};
use crate::loss::{Code, Loss, Place, Sink};
use crate::table::{RowRef, row};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What is known of the patient of a record: PatientID and issuer, each unknown, or known and perhaps empty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Patient<'k> {
    pub(super) id: Option<&'k str>,
    pub(super) issuer: Option<&'k str>,
    /// There is no number, and rows say who it is.
    pub(super) who: bool,
}

/// What the name of a patient without id begins with, where one is made: no id has control characters.
pub(crate) const STRANGER: char = '\u{1}';

/// What the rows of one UID tell of a record.
#[derive(Clone, Copy, Default)]
pub(super) struct Told {
    /// There are other patients.
    pub(super) conflict: bool,
    /// Rows were left out that may be of others.
    pub(super) dropped: bool,
    /// Another patient has the same number, of another issuer.
    pub(super) shared: bool,
    /// Whether its patient's id has an issuer.
    pub(super) issuer: bool,
}

/// The records of UIDs that several have, in the order in which these appeared.
pub(super) fn join_shared<'k>(records: &mut Records, keys: &'k Keys, told: &mut [Told], sink: &mut Sink<'_>) {
    let mut groups: Vec<(u64, Vec<(Patient<'k>, usize)>)> = Vec::new();
    let mut group: Vec<(Patient<'k>, usize)> = Vec::new();
    let mut uid = "";
    let mut end = |group: &mut Vec<(Patient<'k>, usize)>| match group.as_slice() {
        [] => {}
        [(patient, at)] => {
            if let Some(told) = told.get_mut(*at) {
                told.issuer = patient.issuer.is_some();
            }
            group.clear();
        }
        several => {
            let first = several.iter().filter_map(|(_, at)| records.first_row(*at)).min().unwrap_or(u64::MAX);
            groups.push((first, core::mem::take(group)));
        }
    };
    for (key, record) in keys.sorted() {
        let mut parts = key.split('\0');
        let of = parts.next().unwrap_or("");
        let id = parts.next().unwrap_or("");
        let who = id.chars().nth(1) == Some(WHO);
        let issuer = parts.next().and_then(|part| part.strip_prefix(KNOWN));
        let patient = Patient { id: id.strip_prefix(KNOWN), issuer, who };
        if of != uid {
            end(&mut group);
            uid = of;
        }
        group.push((patient, record as usize));
    }
    end(&mut group);
    groups.sort_by_key(|(first, _)| *first);
    for (_, mut group) in groups {
        settle(&mut group, records, told, sink);
    }
}

/// The records of one study UID: what can be told apart stays apart, what cannot joins the only one it can belong to.
fn settle(group: &mut Vec<(Patient<'_>, usize)>, records: &mut Records, told: &mut [Told], sink: &mut Sink<'_>) {
    let merge = |records: &mut Records, from: usize, into: usize, sink: &mut Sink<'_>| {
        if let (Some(source), Some(mut target)) = (records.take(from), records.take(into)) {
            join(&mut target, *source, sink);
            records.put(into, target);
        }
    };
    let (mut is_torn, owned) = join_strangers(group, records, sink, &merge);
    // A known patient of unknown issuer is the one of that id, if there is one only. Keys are sorted: equal ids are neighbours.
    let mut kept: Vec<(Patient<'_>, usize)> = Vec::new();
    for same in group.chunk_by(|(a, _), (b, _)| a.id == b.id) {
        let same = joined_parts(same, |from, into| merge(records, from, into, sink));
        match same.as_slice() {
            [one, other] if one.0.id.is_some() && (one.0.issuer.is_none() != other.0.issuer.is_none()) => {
                let (unknown, known) = if one.0.issuer.is_none() { (one, other) } else { (other, one) };
                merge(records, unknown.1, known.1, sink);
                kept.push(*known);
            }
            // Of several issuers none can be told to be the one.
            [one, rest @ ..] if one.0.id.is_some() && one.0.issuer.is_none() && rest.len() > 1 => {
                drop_record(records, one.1, sink);
                is_torn = true;
                kept.extend_from_slice(rest);
            }
            same => kept.extend_from_slice(same),
        }
    }
    group.clear();
    let mut is_dropped = keep_one_stranger(&mut kept, records, sink) || is_torn;
    for (patient, at) in &kept {
        if let Some(told) = told.get_mut(*at) {
            told.issuer = patient.issuer.is_some();
        }
    }
    let named = kept.iter().filter(|(patient, _)| patient.id.is_some()).count();
    let nameless = kept.iter().find(|(patient, _)| patient.id.is_none()).copied();
    let known = kept.iter().find(|(patient, _)| patient.id.is_some()).copied();
    if let (Some((_, nameless)), Some((_, known))) = (nameless, known) {
        // Of one who was dropped it may be, too, unless what it says was compared.
        if named == 1 && (!is_dropped || owned == Some(nameless)) {
            merge(records, nameless, known, sink);
        } else {
            drop_record(records, nameless, sink);
            is_dropped = true;
        }
    }
    if named > 1 {
        let first = kept.iter().filter_map(|(_, at)| records.first_row(*at)).min().unwrap_or(0);
        sink.lose(Loss { code: Code::PatientConflict, at: patient_place(sink), first, count: 0 });
    }
    if named > 1 || is_dropped {
        // In order of their numbers.
        for same in kept.chunk_by(|(a, _), (b, _)| a.id == b.id) {
            for (_, at) in same {
                if let Some(told) = told.get_mut(*at) {
                    (told.conflict, told.dropped, told.shared) = (true, is_dropped, same.len() > 1);
                }
            }
        }
    }
}

/// Of one id those whose issuer is named by one of its names alone are the one whose issuer has it among both, if there is one only.
fn joined_parts<'k>(same: &[(Patient<'k>, usize)], mut merge: impl FnMut(usize, usize)) -> Vec<(Patient<'k>, usize)> {
    let parts = |patient: &Patient<'k>| patient.issuer.and_then(|issuer| issuer.split_once(BOTH));
    // By name, and which of the two it is: the record, and whether it is the only one.
    let mut whole: BTreeMap<(bool, &str), (usize, bool)> = BTreeMap::new();
    for (patient, at) in same {
        let Some((local, universal)) = parts(patient).filter(|(local, universal)| !local.is_empty() && !universal.is_empty()) else {
            continue;
        };
        for name in [(true, local), (false, universal)] {
            whole.entry(name).and_modify(|(_, is_one)| *is_one = false).or_insert((*at, true));
        }
    }
    let mut kept = Vec::with_capacity(same.len());
    for one in same {
        let name = match parts(&one.0) {
            Some((local, "")) if !local.is_empty() => (true, local),
            Some(("", universal)) if !universal.is_empty() => (false, universal),
            _ => (true, ""),
        };
        match whole.get(&name) {
            Some((into, true)) if !name.1.is_empty() => merge(one.1, *into),
            _ => kept.push(*one),
        }
    }
    kept
}

/// Of several patients without any number only the first is kept, as nothing that is written of them would tell them apart; whether there were others.
fn keep_one_stranger(kept: &mut Vec<(Patient<'_>, usize)>, records: &mut Records, sink: &mut Sink<'_>) -> bool {
    let is_stranger = |(patient, _): &(Patient<'_>, usize)| patient.id.is_some_and(|id| id.is_empty() || id.starts_with(STRANGER));
    let strangers = kept.iter().filter(|one| is_stranger(one)).map(|(_, at)| *at);
    let Some(first) = strangers.min_by_key(|at| records.first_row(*at)) else { return false };
    let before = kept.len();
    kept.retain(|one| {
        let is_another = is_stranger(one) && one.1 != first;
        if is_another {
            drop_record(records, one.1, sink);
        }
        !is_another
    });
    kept.len() < before
}

/// Rows that may be of several patients are nobody's.
pub(super) fn drop_record(records: &mut Records, at: usize, sink: &mut Sink<'_>) {
    let Some(dropped) = records.take(at) else { return };
    sink.report.uncarry(dropped.carried);
    let (at, first) = (patient_place(sink), dropped.first_row.unwrap_or(0));
    sink.lose(Loss { code: Code::PatientConflict, at, first, count: dropped.carried });
}

fn patient_place(sink: &Sink<'_>) -> Place {
    RowRef::from(row::PATIENT_ID).row().map_or(Place::ROOT, |row| sink.place_of(row, 0, Code::PatientConflict))
}
