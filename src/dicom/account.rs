//! What becomes of every field of a record that is written as rows: each is counted once, however many rows say it.

use crate::loss::{Code, Loss, LossReport, Place};
use crate::table::{Level, Row, RowRef, rows_of};
use crate::value::{Fields, Items};

/// The account of a walk over a study.
#[derive(Default)]
pub(super) struct Account {
    pub(super) loss: LossReport,
    row: u64,
}

impl Account {
    /// A further data set begins.
    pub(super) fn next_row(&mut self) {
        self.row += 1;
    }

    /// A field is carried, or told.
    pub(super) fn field(&mut self, row: &Row, field: usize, item: &Fields<'_>, code: Option<Code>) {
        match code {
            None => self.loss.carry(1),
            Some(code) => {
                let (path, len) = row.tags_in(field, item);
                self.lose(code, path.get(..len).unwrap_or_default(), 1);
            }
        }
    }

    pub(super) fn lose(&mut self, code: Code, path: &[u32], count: u64) {
        self.loss.add(Loss { code, at: Place::of_tags(path), first: self.row, count });
    }

    /// Everything of a level that these rows do not list, for this reason.
    pub(super) fn unlisted<'a>(&mut self, level: Level, code: Code, items: impl Fn(RowRef) -> Option<Items<'a>>) {
        for (index, row) in rows_of(level).iter().enumerate() {
            for item in items(RowRef { level, index: index as u8 }).into_iter().flatten() {
                for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                    self.field(row, field, &item, Some(code));
                }
            }
        }
    }
}
