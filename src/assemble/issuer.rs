//! Who issued a patient's number, as far as it tells records apart.

use super::by_row::ByRow;
use super::keys::BOTH;
use crate::dicom::{Cell, DataSet, NOBODY};
use crate::kind::{NO_NAME, UNREAD, canonical_issuer};
use crate::loss::{Loss, Step};
use crate::table::{RowRef, row};
use alloc::string::String;

/// What an issuer is called that no text and no system names comes behind this: neither has control characters.
const CALLED: char = '\u{4}';

/// The field of what kind of number it is (IdentifierTypeCode).
const TYPE_CODE: usize = 4;

/// The number, and who issued it, as a data set says it.
#[derive(Default)]
pub(super) struct Numbered<'s> {
    pub(super) id: &'s str,
    local: &'s str,
    universal: &'s str,
    kind: &'s str,
    unread: &'s str,
}

impl<'s> Numbered<'s> {
    pub(super) fn of(set: &'s DataSet, by_row: &ByRow) -> Self {
        let mut said = Numbered::default();
        for at in by_row.cells(row::PATIENT_ID.into()) {
            let Some(cell) = set.cells.get(at) else { continue };
            let field = match usize::from(cell.field) {
                0 => &mut said.id,
                1 => &mut said.local,
                2 => &mut said.universal,
                3 => &mut said.kind,
                UNREAD => &mut said.unread,
                _ => continue,
            };
            if field.is_empty() {
                *field = set.text.get(cell.start..cell.end).unwrap_or("");
            }
        }
        said
    }

    /// One whose issuer is in its one form.
    pub(super) fn plain([id, local, universal]: [&'s str; 3]) -> Self {
        Numbered { id, local, universal, kind: "", unread: "" }
    }

    /// Appends the issuer, as the key of a record has it: who issued nothing is nobody, and a UUID is one in either case.
    pub(super) fn name_issuer(&self, out: &mut String) {
        if self.id.is_empty() {
            return out.push_str(BOTH);
        }
        let own = if self.universal.is_empty() { None } else { canonical_issuer(self.universal, self.kind) };
        out.extend([self.local, BOTH, own.as_deref().unwrap_or(self.universal)]);
        if !self.unread.is_empty() {
            out.push(CALLED);
            out.push_str(self.unread);
        }
    }
}

/// Marks an issuer that is there and of which nothing was read: it is not known, which is not to say that there is none. Whether there is one.
pub(super) fn mark_unread(set: &mut DataSet, by_row: &ByRow) -> bool {
    let own = RowRef::from(row::PATIENT_ID);
    let (mut is_numbered, mut is_typed) = (false, false);
    for cell in by_row.cells(own).filter_map(|at| set.cells.get(at)).filter(|cell| cell.start < cell.end) {
        match usize::from(cell.field) {
            0 => is_numbered = true,
            1 | 2 | UNREAD => return false,
            // What kind of identifier its universal one is.
            3 => is_typed = true,
            _ => {}
        }
    }
    if !is_numbered || !is_typed && !set.losses.iter().any(|loss| is_of_issuer(own, loss)) {
        return false;
    }
    set.patient.1 = false;
    let start = set.text.len();
    set.text.push_str(NO_NAME);
    let end = set.text.len();
    set.cells.push(Cell { row: Some(own), item: 0, field: UNREAD as u8, start, end, leaf: NOBODY, more: 0 });
    true
}

/// Whether something was lost that says who issued the number: all in the attributes of the issuer but what kind of number it is.
fn is_of_issuer(own: RowRef, loss: &Loss) -> bool {
    let Some(row) = own.row() else { return false };
    let tag = |field: usize| {
        let (path, len) = row.tags_of(field);
        path.get(..len).unwrap_or_default().last().copied()
    };
    let first = |field: usize| row.tags_of(field).0.first().copied();
    let mut steps = loss.at.steps().filter_map(|step| if let Step::Tag(tag) = step { Some(tag) } else { None });
    let (outer, inner) = (steps.next(), steps.next());
    !loss.code.is_carried()
        && loss.count > 0
        && outer.is_some()
        && (outer == first(1) || outer == first(2))
        && (inner.is_none() || inner != tag(TYPE_CODE))
}
