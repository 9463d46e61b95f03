//! Studies that are written as one before them was, but for the values.
//!
//! Studies of one archive have the same facts, and their entries in a Bundle the same text around them. The entry that the walk wrote becomes
//! an [`Outline`]: constant text with a hole wherever a fact stands. A study that has facts of the same rows fills the holes with its own,
//! and loses what that study lost. One that does not fit is left to the walk, untouched. Attempts are rare where studies are not alike.

use super::memory::Memory;
use super::outline::{Outline, Written, plain_uid, present};
use super::place;
use super::walk::How;
use crate::loss::{Loss, LossReport};
use crate::options::Options;
use crate::patience::Patience;
use crate::policy::{Endpoints, Subject};
use crate::study::Study;
use alloc::vec::Vec;

/// Outlines at a time: studies with and without this or that fact.
const OUTLINES: usize = 8;
/// The longest entry that becomes an outline: outlines are kept.
const LONG: usize = 1 << 16;

/// The outlines of a Bundle.
#[derive(Default)]
pub(super) struct Outlines {
    all: Vec<Outline>,
    last: usize,
    next: usize,
    patience: Patience,
    /// What filling holes lost, until it is clear that all could be filled.
    lost: Vec<Loss>,
}

/// Whether outlines know everything that entries depend on: no text depends on who was met before, or on RetrieveURL.
fn may_outline(options: &Options) -> bool {
    let no_endpoint = options.endpoints == Endpoints::None || options.endpoint_base.as_deref().is_none_or(str::is_empty);
    !place::people_are_resources(options) && !matches!(options.subject, Subject::Separate) && no_endpoint && !options.trust_retrieve_url
}

impl Outlines {
    /// Writes the entry of a study that fits an outline, and tells what it loses; whether one did.
    pub(super) fn write(&mut self, study: &Study, how: How<'_>, memory: &mut Memory, out: &mut Vec<u8>, loss: &mut LossReport) -> bool {
        if self.all.is_empty() {
            return false;
        }
        let Some(uid) = plain_uid(study) else { return false };
        let (present, start) = (present(study), out.len());
        let last = self.last;
        for at in core::iter::once(last).chain((0..self.all.len()).filter(|at| *at != last)) {
            let Some(outline) = self.all.get_mut(at).filter(|outline| outline.present == present) else { continue };
            self.lost.clear();
            if let Some(carried) = outline.fill((study, uid), how, memory, out, &mut self.lost) {
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
        self.patience.is_over() && may_outline(options)
    }

    /// Makes an outline of an entry that the walk wrote, of which `own` is what the walk told.
    pub(super) fn learn(&mut self, written: &Written<'_>, how: How<'_>, memory: &mut Memory, loss: &mut LossReport) {
        let new = plain_uid(written.study).filter(|_| written.entry.len() <= LONG);
        let useful = match new.and_then(|uid| Outline::of(written, uid, how, memory)) {
            Some(new) if !self.all.iter().any(|known| known.is_like(&new)) => {
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
            _ => false,
        };
        self.patience.learn(useful);
    }

    /// Accounts for the studies that fitted.
    pub(super) fn settle(&mut self, loss: &mut LossReport) {
        for outline in &mut self.all {
            let studies = core::mem::take(&mut outline.studies);
            if studies > 0 {
                loss.carry(outline.carried * studies);
                outline.losses.iter().for_each(|lost| loss.add(Loss { count: lost.count * studies, ..*lost }));
            }
        }
    }
}
