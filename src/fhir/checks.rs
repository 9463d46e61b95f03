//! What must hold of facts that fill no hole of an outline.

use super::outline::run_at;
use super::trace::Trace;
use crate::study::{Study, study_slot};
use crate::table::{Level, RowRef, row};
use crate::value::{self, Items};
use alloc::string::String;
use alloc::vec::Vec;

/// What must hold of a fact that fills no hole.
pub(super) enum Check {
    /// It is this run.
    Same(usize, String),
    /// It is lost, field by field: it has one item, with something in its first field and this behind it.
    One(usize, String),
    /// It is lost, field by field: as many items have the same fields.
    Fields(usize, String, usize),
}

/// What facts must be that fill no hole, or do more than that.
pub(super) fn checks(study: &Study, trace: &Trace, filled: [u64; 4]) -> Vec<Check> {
    let mut checks = Vec::new();
    for level in [Level::Patient, Level::Study] {
        let bits = |bits: &[u64; 4]| bits.get(level as usize).copied().unwrap_or(0);
        let mut open = study.present(level) & (!bits(&filled) | bits(&trace.other));
        while open != 0 {
            let row = RowRef { level, index: open.trailing_zeros() as u8 };
            open &= open - 1;
            let (Some(of), Some(slot)) = (row.row(), study_slot(row)) else { continue };
            let Some(text) = run_at(study, slot) else { continue };
            let run = value::run(text, of.kind.fields);
            // Of an address that nobody trusts it is told that it is there.
            let is_told = bits(&trace.left) & 1 << row.index != 0 || row == row::RETRIEVE_URL.into();
            let single = Items::single(run).filter(|single| !single.first.is_empty());
            checks.push(match single {
                _ if !is_told => Check::Same(slot, run.into()),
                Some(single) => Check::One(slot, single.behind.into()),
                None => Check::Fields(slot, run.into(), of.kind.fields),
            });
        }
    }
    checks
}

/// Checks are the same where they hold for the same.
impl PartialEq for Check {
    fn eq(&self, other: &Check) -> bool {
        match (self, other) {
            (Check::Same(slot, run), Check::Same(other, same)) | (Check::One(slot, run), Check::One(other, same)) => {
                slot == other && run == same
            }
            (Check::Fields(slot, run, fields), Check::Fields(other, same, _)) => {
                slot == other && value::have_same_fields(run, same, *fields)
            }
            _ => false,
        }
    }
}

impl Check {
    pub(super) fn holds(&self, study: &Study) -> bool {
        match self {
            Check::Same(slot, run) => run_at(study, *slot).is_some_and(|own| own.as_bytes().starts_with(run.as_bytes())),
            Check::One(slot, behind) => run_at(study, *slot)
                .and_then(Items::single)
                .is_some_and(|own| !own.first.is_empty() && own.behind.as_bytes().starts_with(behind.as_bytes())),
            Check::Fields(slot, run, fields) => run_at(study, *slot).is_some_and(|own| value::have_same_fields(own, run, *fields)),
        }
    }
}
