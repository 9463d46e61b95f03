//! The laws *arrival-blind* and *ends*, over many cases; and that breaking them is noticed.

use crate::support::facade_laws::{any_events, arrival_blind, ends};
use crate::support::seeded::{Seeded, number};
use std::collections::BTreeMap;

/// Runs a law over cases; how often each status came.
fn many(name: &str, cases: u64, law: impl Fn(&[u8]) -> u16) -> BTreeMap<u16, u64> {
    let seed = number("FACADE_SEED", 1);
    let mut statuses = BTreeMap::new();
    for n in 0..cases {
        let bytes = Seeded(seed * 1_000_003 + n).bytes(160);
        let status = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(&bytes)));
        // The number of the case is what it takes to see it again.
        *statuses.entry(status.unwrap_or_else(|_| panic!("{name}: FACADE_SEED={seed}, case {n}"))).or_default() += 1;
    }
    println!("{name}: {statuses:?}");
    statuses
}

/// `FACADE_CASES` cases from `FACADE_SEED`.
pub fn arrival_blind_law() {
    let cases = number("FACADE_CASES", 4000);
    let statuses = many("arrival-blind", cases, |bytes| arrival_blind(None, bytes, false).unwrap());
    let share = |status: u16| statuses.get(&status).copied().unwrap_or(0) * 100 / cases;
    assert!(share(200) > 25, "the law is about answers, too: {statuses:?}");
    assert!(statuses.len() > 6, "and about many errors: {statuses:?}");
}

pub fn ends_law() {
    let cases = number("FACADE_CASES", 4000);
    let statuses = many("ends", cases, |bytes| ends(None, bytes));
    assert!([200, 403, 404, 422, 429, 502, 503].iter().all(|status| statuses.contains_key(status)), "{statuses:?}");
}

/// Any events, also those that do not fit.
pub fn any_events_end() {
    let statuses = many("any events", number("FACADE_CASES", 4000), |bytes| any_events(None, bytes));
    assert!(statuses.len() > 4, "{statuses:?}");
}

/// Were the answer a matter of arrival, the law would say so.
pub fn mutants_are_caught() {
    // What is meant to break here need not be read; what breaks elsewhere meanwhile must.
    let (loud, here) = (std::panic::take_hook(), std::thread::current().id());
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() != here {
            loud(info);
        }
    }));
    let mut numbers = Seeded(7);
    let caught = (0..200).find(|_| {
        let bytes = numbers.bytes(160);
        std::panic::catch_unwind(|| arrival_blind(None, &bytes, true)).is_err()
            && std::panic::catch_unwind(|| arrival_blind(None, &bytes, false)).is_ok()
    });
    assert!(caught.is_some());
}
