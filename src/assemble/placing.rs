//! What a data set says that is not of its own level, or of none that it names.

use super::by_row::ByRow;
use crate::dicom::{Cell, DataSet, NOBODY};
use crate::loss::{Code, Loss, Place, Sink};
use crate::study::says_all;
use crate::table::{Level, RowRef, row};

/// Moves, dates or tells the cells of a data set that names a series, an instance, or none.
pub(super) fn place_levels(set: &mut DataSet, by_row: &mut ByRow, series: bool, instance: bool, sink: &Sink<'_>) {
    let has = |row: RowRef| by_row.first(row).is_some();
    let of_study = !series && has(row::SERIES_MODALITY.into());
    let part_only = series && (has(row::RETRIEVE_URL.into()) || has(row::AVAILABILITY.into()));
    if part_only {
        of_part_only(set, sink);
    }
    let cells = set.cells.len();
    if set.offset.is_some() {
        date(set, by_row);
    }
    if of_study {
        modality_of_study(set, sink);
    }
    let apart = !series && by_row.has(Level::Series) || !instance && by_row.has(Level::Instance);
    if apart {
        unplaced(set, series, instance, sink);
    }
    if part_only || of_study || apart {
        by_row.sort(&set.cells);
    } else {
        by_row.add(&set.cells, cells);
    }
}

/// A data set that names no study: everything that it holds is counted in one place.
pub(super) fn no_identity(set: &mut DataSet) {
    let uid = RowRef::from(row::STUDY_UID);
    let Some((path, len)) = uid.row().map(|row| row.tags_of(0)) else { return };
    let at = Place::of_tags(path.get(..len).unwrap_or_default());
    // What is wrong with the identity itself stays told where it is.
    let own = |loss: &Loss| matches!(loss.code, Code::BadUid | Code::AmbiguousValue) && loss.at.steps().next() == at.steps().next();
    let claimed = set.clean_leaves();
    let counted: u64 = set.losses.iter().filter(|loss| !own(loss)).map(|loss| loss.count).sum();
    set.losses.retain(own);
    set.cells.clear();
    set.leaves.clear();
    let count = claimed + counted;
    if count > 0 || set.losses.is_empty() {
        set.losses.push(Loss { code: Code::NoIdentity, at, first: 0, count });
    }
}

/// Whether a data set was to be of a series or instance, and is of none: what is listed lacks it.
pub(super) fn has_lost_identity(set: &DataSet, series: bool, instance: bool) -> bool {
    let [_, study, of_series, of_instance] = set.known;
    // What a resource does not say is known to be absent; a row has the attribute, whatever stands there.
    let names = |known: u64, uid: RowRef| !says_all(study) && known & (1 << uid.index) != 0;
    let is_refused = !series && names(of_series, row::SERIES_UID.into()) || !instance && names(of_instance, row::INSTANCE_UID.into());
    is_refused || set.losses.iter().any(|loss| loss.code == Code::NoIdentity)
}

/// Gives the data set's offset to each of its times, or tells that there is none to date.
fn date(set: &mut DataSet, by_row: &ByRow) {
    let Some(offset) = set.offset.and_then(|at| set.cells.get(at).copied()) else { return };
    let filled = |set: &DataSet, row: RowRef, field| by_row.cells(row).any(|at| set.cells.get(at).is_some_and(|cell| cell.field == field));
    let series = filled(set, row::SERIES_UID.into(), 0);
    let mut used = false;
    for (row, pairs) in [(RowRef::from(row::STARTED), &[0_u8][..]), (RowRef::from(row::SERIES_STARTED), &[0, 3])] {
        let dates = pairs.iter().any(|date| filled(set, row, *date) && filled(set, row, date + 1));
        if dates && (row.level == Level::Study || series) {
            // It is told with the first that it dates.
            let (leaf, more) = if used { (NOBODY, 0) } else { (offset.leaf, offset.more) };
            used = true;
            set.cells.push(Cell { row: Some(row), item: 0, field: 2, leaf, more, ..offset });
        }
    }
    if !used {
        let tag = RowRef::from(row::STARTED).row().map(|row| row.tags_of(2));
        if let (Some((path, len)), Some(at)) = (tag, set.offset) {
            set.resolve(at, Code::OffsetUnused, Place::of_tags(path.get(..len).unwrap_or_default()));
        }
    }
}

/// What a row of a series or an instance says of its own URL and availability is not the study's, and has no place.
fn of_part_only(set: &mut DataSet, sink: &Sink<'_>) {
    let codes = [(RowRef::from(row::RETRIEVE_URL), Code::UrlNotTrusted), (RowRef::from(row::AVAILABILITY), Code::NoElement)];
    for at in 0..set.cells.len() {
        let of = set.cells.get(at).and_then(|cell| codes.iter().find(|(row, _)| cell.row == Some(*row)).copied());
        let Some((row, code)) = of else { continue };
        if let Some(row) = row.row() {
            set.resolve(at, code, sink.place_of(row, 0, code));
        }
        if let Some(cell) = set.cells.get_mut(at) {
            cell.row = None;
        }
    }
}

/// Modality in a row without a series is a modality of the study.
fn modality_of_study(set: &mut DataSet, sink: &Sink<'_>) {
    let (series, study) = (RowRef::from(row::SERIES_MODALITY), RowRef::from(row::MODALITIES));
    let next = set.cells.iter().filter(|cell| cell.row == Some(study)).map(|cell| cell.item + 1).max().unwrap_or(0);
    for at in 0..set.cells.len() {
        if set.cells.get(at).is_some_and(|cell| cell.row == Some(series)) {
            if let Some(row) = series.row() {
                set.resolve(at, Code::StudyModality, sink.place_of(row, 0, Code::StudyModality));
            }
            if let Some(cell) = set.cells.get_mut(at) {
                cell.row = Some(study);
                cell.item = next;
            }
        }
    }
}

/// What belongs to a series or an instance that the data set does not name.
fn unplaced(set: &mut DataSet, series: bool, instance: bool, sink: &Sink<'_>) {
    for at in 0..set.cells.len() {
        let Some(cell) = set.cells.get(at).copied() else { break };
        let Some((row_ref, row)) = cell.row.and_then(|row| row.row().map(|of| (row, of))) else { continue };
        // What is lifted from a lower level needs that level's neighbourhood only as far as the row goes.
        let placed = match row_ref.level {
            Level::Patient | Level::Study => true,
            Level::Series => series,
            Level::Instance => instance,
        };
        if !placed {
            set.resolve(at, Code::NoIdentity, sink.place_of(row, usize::from(cell.field), Code::NoIdentity));
            if let Some(cell) = set.cells.get_mut(at) {
                cell.row = None;
            }
        }
    }
}
