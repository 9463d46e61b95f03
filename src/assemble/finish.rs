//! The end of assembling: what belongs together is merged, what is listed is counted, drafts become studies.

use super::copies::each_once;
use super::fact::{Slot, run_of};
use super::keys::Keys;
use super::patients::{Told, join_shared};
use super::record::{Record, key_of, row_of};
use super::records::{Kept, Records};
use super::room::FULL;
use super::sets::{Set, SetKey, Sets};
use crate::dicom::Sayings;
use crate::kind::{BodySite, Laterality};
use crate::loss::{Code, Loss, Sink};
use crate::options::Options;
use crate::study::{Cut, SeriesEntry, Study, Text, run, study_slot};
use crate::table::{Level, Row, RowRef, row, rows_of};
use crate::value::{self, FIELDS, Fields};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

/// `is_torn`: there were rows of no study, which may be of any.
pub(super) fn finish(mut records: Records, keys: &Keys, is_torn: bool, options: &Options, sink: &mut Sink<'_>) -> Vec<Study> {
    let mut told = alloc::vec![Told::default(); records.len()];
    if keys.shared {
        join_shared(&mut records, keys, &mut told, sink);
    } else {
        // Every UID has one record.
        for (record, issuer) in keys.issuers() {
            if let Some(told) = told.get_mut(record as usize) {
                told.issuer = issuer;
            }
        }
    }
    // Studies come in order of their first rows, which joining may have changed.
    let rows = || (0..records.len()).filter_map(|n| records.first_row(n));
    let order: Vec<u64> = if rows().is_sorted() { Vec::new() } else { rows().collect() };
    let (records, lean) = records.into_studies();
    let mut done: Vec<Study> = Vec::with_capacity(records.len());
    for (record, told) in records.into_iter().zip(told) {
        let mut study = match record {
            Kept::Lean(record) => lean.study(&record),
            // What was not kept has no row.
            Kept::Full(mut record) if record.first_row.is_some() => {
                record.is_part |= is_torn || told.dropped;
                study(*record, options, sink)
            }
            Kept::Full(_) | Kept::Gone => continue,
        };
        (study.patient_conflict, study.is_torn, study.shares_number) = (told.conflict, told.dropped, told.shared);
        study.issuer_known |= told.issuer;
        done.push(study);
    }
    if order.is_empty() {
        return done;
    }
    let mut done: Vec<(u64, Study)> = order.into_iter().zip(done).collect();
    done.sort_by_key(|(first, _)| *first);
    done.into_iter().map(|(_, study)| study).collect()
}

/// Leaves that were carried contradict what stands.
pub(super) fn contradict(sink: &mut Sink<'_>, row: &Row, field: usize, code: Code, number: u64, count: u64) {
    sink.report.uncarry(count);
    sink.lose(Loss { code, at: sink.place_of(row, field, code), first: number, count });
}

pub(super) fn references(level: Level) -> impl Iterator<Item = RowRef> {
    (0..rows_of(level).len()).map(move |index| RowRef { level, index: index as u8 })
}

/// A record becomes a study.
fn study(mut record: Record, options: &Options, sink: &mut Sink<'_>) -> Study {
    let grown = record.sets.take_grown();
    // They may be long: the arena grows to what it will have, and not beyond.
    record.arena.reserve_exact(grown.values().map(Set::length).fold(0, usize::saturating_add).min(FULL));
    for ((series, at), set) in grown {
        let row_ref = match series {
            Some(_) => RowRef { level: Level::Series, index: at },
            None => row_of(at),
        };
        let Some(row) = row_ref.row() else { continue };
        if !record.has_room(set.length()) {
            sink.overflow();
            break;
        }
        let new = record.arena.len() as u32;
        let run = set.run(row);
        drop(set);
        record.arena.push_str(&run);
        let slot = match series {
            Some(series) => record.series.get_mut(series as usize).and_then(|series| series.facts.get_mut(usize::from(row_ref.index))),
            None => study_slot(row_ref).and_then(|slot| record.facts.get_mut(slot)),
        };
        if let Some(slot) = slot {
            slot.at = new;
        }
    }
    let given = order_series(&mut record);
    if !record.instances.is_sorted_by_key(|entry| (entry.series, entry.row)) {
        record.instances.sort_by_key(|entry| (entry.series, entry.row));
    }
    each_once(&mut record, sink);
    settle_series(&mut record);
    settle_modalities(&mut record);
    settle_identifiers(&mut record);
    settle_requests(&mut record);
    count(&mut record, &given, options, sink);
    let mut first = 0;
    let mut series = Vec::with_capacity(record.series.len());
    for (n, draft) in record.series.iter().enumerate() {
        let own = record.instances.iter().skip(first).take_while(|entry| entry.series as usize == n).count();
        series.push(SeriesEntry {
            facts: draft.facts.map(|slot| slot.at),
            first: first as u32,
            end: (first + own) as u32,
            known: draft.known,
        });
        first += own;
    }
    Study {
        text: Text::Own(record.arena),
        facts: record.facts.map(|slot| slot.at),
        series,
        instances: record.instances.iter().map(|entry| entry.instance).collect(),
        extras: record.extras,
        patient_conflict: false,
        is_torn: false,
        shares_number: false,
        issuer_known: false,
        cut: Cut::default(),
        known: record.known,
    }
}

/// Series in order of first appearance, which merging may have changed; their numbers before, if it has.
fn order_series(record: &mut Record) -> Vec<usize> {
    if record.series.is_sorted_by_key(|series| series.first_row) {
        return Vec::new();
    }
    let mut order: Vec<(u64, usize)> = record.series.iter().enumerate().map(|(n, series)| (series.first_row, n)).collect();
    order.sort_unstable();
    let mut rank = alloc::vec![0_u32; order.len()];
    for (new, (_, old)) in order.iter().enumerate() {
        if let Some(slot) = rank.get_mut(*old) {
            *slot = new as u32;
        }
    }
    for entry in &mut record.instances {
        entry.series = rank.get(entry.series as usize).copied().unwrap_or(0);
    }
    record.series.sort_by_key(|series| series.first_row);
    order.into_iter().map(|(_, old)| old).collect()
}

/// What needs several data sets to be seen: a code that says what the term says, a fact whose every field was spoilt.
fn settle_series(record: &mut Record) {
    for series in &mut record.series {
        for (index, slot) in series.facts.iter_mut().enumerate() {
            if slot.at == 0 {
                continue;
            }
            let row_ref = RowRef { level: Level::Series, index: index as u8 };
            let Some(row) = row_ref.row() else { continue };
            let Some(item) = run_of(&record.arena, slot, row).next() else { continue };
            if item.iter().all(|text| text.is_empty()) {
                slot.at = 0;
            } else if row_ref == row::BODY_SITE.into() || row_ref == row::LATERALITY.into() {
                let mut settled = item;
                if row_ref == row::LATERALITY.into() {
                    Laterality::settle(&mut settled);
                } else {
                    BodySite::settle(&mut settled);
                }
                if settled != item {
                    let mut run = String::new();
                    value::push(&mut run, row.kind.fields, [settled].into_iter());
                    slot.at = record.arena.len() as u32;
                    record.arena.push_str(&run);
                }
            }
        }
    }
}

/// Of the study's modalities those are kept that no series has; the series say the others.
fn settle_modalities(record: &mut Record) {
    let study = RowRef::from(row::MODALITIES);
    let series = usize::from(RowRef::from(row::SERIES_MODALITY).index);
    let (Some(row), Some(slot)) = (study.row(), study_slot(study).and_then(|slot| record.facts.get_mut(slot))) else { return };
    if slot.at == 0 || record.series.is_empty() {
        return;
    }
    let of_series: BTreeSet<String> = record
        .series
        .iter()
        .filter_map(|draft| draft.facts.get(series))
        .filter_map(|slot| run(&record.arena, row::SERIES_MODALITY.into(), slot.at)?.next())
        .map(|[code, ..]| String::from(code))
        .collect();
    let of_series: Vec<&str> = of_series.iter().map(String::as_str).collect();
    keep(&mut record.arena, slot, row, &of_series);
}

/// Of the identifiers in the retired attribute those are kept that the sequence does not give, which says more of them.
fn settle_identifiers(record: &mut Record) {
    let (sequence, retired) = (RowRef::from(row::PATIENT_OTHER_ID), RowRef::from(row::PATIENT_RETIRED_ID));
    if study_slot(retired).and_then(|slot| record.facts.get(slot)).is_none_or(|slot| slot.at == 0) {
        return;
    }
    let given = study_slot(sequence).and_then(|slot| record.facts.get(slot)).and_then(|slot| run(&record.arena, sequence, slot.at));
    let said: BTreeSet<String> = given.into_iter().flatten().map(|[value, ..]| String::from(value)).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    if let (Some(row), Some(slot)) = (retired.row(), study_slot(retired).and_then(|slot| record.facts.get_mut(slot))) {
        keep(&mut record.arena, slot, row, &said);
    }
}

/// A further request of the study's own accession number is the study's request; what it says besides of who issued that is said of the study's number.
fn settle_requests(record: &mut Record) {
    let (own, further) = (RowRef::from(row::ACCESSION), RowRef::from(row::REFERENCED_REQUEST));
    if study_slot(further).and_then(|slot| record.facts.get(slot)).is_none_or(|slot| slot.at == 0) {
        return;
    }
    let given = study_slot(own).and_then(|slot| record.facts.get(slot)).and_then(|slot| run(&record.arena, own, slot.at));
    let Some(given) = given.and_then(|mut items| items.next()).map(|item| item.map(String::from)) else { return };
    let (Some(row), Some(slot)) = (further.row(), study_slot(further).and_then(|slot| record.facts.get_mut(slot))) else { return };
    let all: Vec<Fields<'_>> = run_of(&record.arena, slot, row).collect();
    // Twice: what has the universal name alone is of the study's number once that is known.
    let accession = filled(&filled(&given, &all), &all);
    // What says more, since another contradicts it, stands by itself.
    let says_no_more = |item: &Fields<'_>| item.iter().zip(accession.iter()).all(|(one, other)| one.is_empty() || one == other);
    let is_own = |item: &&Fields<'_>| is_same_number(item, &accession) && says_no_more(item);
    let kept: Vec<Fields<'_>> = all.iter().filter(|item| !is_own(item)).copied().collect();
    let (unchanged, none) = (kept.len() == all.len(), kept.is_empty());
    let mut new = String::new();
    value::push(&mut new, row.kind.fields, kept.into_iter());
    replace(&mut record.arena, slot, unchanged, none, &new);
    if let (Some(row), Some(slot)) = (own.row(), study_slot(own).and_then(|slot| record.facts.get_mut(slot))) {
        let mut new = String::new();
        value::push(&mut new, row.kind.fields, core::iter::once(accession.each_ref().map(String::as_str)));
        replace(&mut record.arena, slot, accession == given, false, &new);
    }
}

/// What the numbers of orders that are the study's add to who issued it: all of them, or nothing where two of them differ, so that it does not hang on
/// their order.
fn filled(accession: &[String; FIELDS], all: &[Fields<'_>]) -> [String; FIELDS] {
    let same = || all.iter().filter(|item| is_same_number(item, accession));
    let mut filled = accession.clone();
    for item in same() {
        for (own, text) in filled.iter_mut().zip(item).skip(1).take(3).filter(|(own, _)| own.is_empty()) {
            own.push_str(text);
        }
    }
    if same().all(|item| is_same_number(item, &filled)) { filled } else { accession.clone() }
}

/// Whether a request is of this accession number: of the same issuer, or of none that is said, as documents mostly do not say who issued it. What one name of the issuer lacks
/// the other says (HL7 v2 HD: both are of one entity).
fn is_same_number(item: &Fields<'_>, accession: &[String; FIELDS]) -> bool {
    // Of each field: the number; the issuer's local and universal name, and the type of that; what is said besides.
    let is_no_other = |(n, (one, other)): (usize, (&&str, &String))| match n {
        0 => one == other,
        1..4 => one.is_empty() || other.is_empty() || one == other,
        _ => one.is_empty() || one == other,
    };
    let agrees = item.iter().zip(accession.iter()).enumerate().all(is_no_other);
    let names = || item.iter().zip(accession.iter()).skip(1).take(2);
    agrees && (names().all(|(one, _)| one.is_empty()) || names().any(|(one, other)| !one.is_empty() && one == other))
}

/// Keeps the items whose first field is not `said` elsewhere; `said` is sorted.
fn keep(arena: &mut String, slot: &mut Slot, row: &Row, said: &[&str]) {
    let all: Vec<Fields<'_>> = run_of(arena, slot, row).collect();
    let kept: Vec<Fields<'_>> = all.iter().filter(|[value, ..]| said.binary_search(value).is_err()).copied().collect();
    let mut new = String::new();
    value::push(&mut new, row.kind.fields, kept.iter().copied());
    let unchanged = kept.len() == all.len();
    replace(arena, slot, unchanged, kept.is_empty(), &new);
}

/// Other items take the place of a fact's.
fn replace(arena: &mut String, slot: &mut Slot, unchanged: bool, none: bool, run: &str) {
    if unchanged {
        return;
    }
    slot.at = if none { 0 } else { arena.len() as u32 };
    arena.push_str(run);
}

/// (`numbers` are those that the series had while the record grew, where they are others.) A given count stands unless more is listed; counts that were not given are computed where the caller promised complete lists, and nothing says that these
/// are none.
fn count(record: &mut Record, numbers: &[usize], options: &Options, sink: &mut Sink<'_>) {
    let listed_series = record.series.len();
    let listed_instances = record.instances.len();
    let mut of_series = alloc::vec![0_usize; listed_series];
    for entry in &record.instances {
        if let Some(n) = of_series.get_mut(entry.series as usize) {
            *n += 1;
        }
    }
    let (series_count, instance_count) = (RowRef::from(row::SERIES_COUNT), RowRef::from(row::INSTANCE_COUNT));
    let given = |row_ref| number(&record.arena, study_slot(row_ref).and_then(|slot| record.facts.get(slot))?, row_ref);
    let is_short = [(series_count, listed_series), (instance_count, listed_instances)]
        .into_iter()
        .any(|(row_ref, listed)| given(row_ref).is_some_and(|given| given > listed));
    let is_whole = options.complete && !record.is_part && !is_short;
    let own = RowRef::from(row::SERIES_INSTANCE_COUNT);
    // Of a series that has more than is listed the study has more, too.
    let is_short = record.series.iter().zip(&of_series).any(|(draft, listed)| {
        let slot = draft.facts.get(usize::from(own.index));
        slot.and_then(|slot| number(&record.arena, slot, own)).is_some_and(|given| given > *listed)
    });
    let counts = [(series_count, listed_series, is_whole), (instance_count, listed_instances, is_whole && !is_short)];
    for (row_ref, listed, is_whole) in counts {
        if let Some(slot) = study_slot(row_ref).and_then(|slot| record.facts.get_mut(slot)) {
            one_count(&mut record.arena, slot, (&record.sets, key_of(None, row_ref)), row_ref, listed, is_whole, sink);
        }
    }
    let is_whole = is_whole && !is_short;
    for (n, (draft, listed)) in record.series.iter_mut().zip(of_series).enumerate() {
        if let Some(slot) = draft.facts.get_mut(usize::from(own.index)) {
            let number = numbers.get(n).copied().unwrap_or(n) as u32;
            let key = key_of(Some(number), own);
            one_count(&mut record.arena, slot, (&record.sets, key), own, listed, is_whole, sink);
        }
    }
}

/// The number that a fact says.
fn number(arena: &str, slot: &Slot, row_ref: RowRef) -> Option<usize> {
    run_of(arena, slot, row_ref.row()?).next()?.first()?.parse().ok()
}

/// How many leaves say the one field that a fact has.
fn leaves(sayings: &Sayings) -> u64 {
    sayings.single.first().copied().unwrap_or(0).into()
}

fn one_count(
    arena: &mut String,
    slot: &mut Slot,
    (sets, key): (&Sets, SetKey),
    row_ref: RowRef,
    listed: usize,
    is_whole: bool,
    sink: &mut Sink<'_>,
) {
    let Some(row) = row_ref.row() else { return };
    match number(arena, slot, row_ref) {
        Some(given) if given >= listed => return,
        Some(_) => contradict(sink, row, 0, Code::Conflict, u64::from(slot.row), leaves(&sets.sayings(slot, key, row, 0))),
        None if is_whole && listed > 0 => {}
        None => return,
    }
    let digits = value::decimal(u32::try_from(listed).unwrap_or(u32::MAX));
    let mut item = [""; FIELDS];
    if let Some(first) = item.first_mut() {
        *first = &digits;
    }
    slot.at = arena.len() as u32;
    value::push(arena, row.kind.fields, [item].into_iter());
}
