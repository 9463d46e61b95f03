//! The law exact-search: many cases, and what it catches.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

mod support;

use support::facade_exact::exact_facade;
use support::plan_laws::{Mutant, exact_search};
use support::seeded::{Seeded, number};

/// `PLAN_CASES` cases from `PLAN_SEED`, on two threads.
#[test]
fn exact_search_law() {
    let (cases, seed) = (number("PLAN_CASES", 20_000), number("PLAN_SEED", 1));
    let threads: Vec<_> = (0..2)
        .map(|half| {
            std::thread::spawn(move || {
                let mut numbers = Seeded(seed * 2 + half);
                let (mut asked, mut matched, mut selected) = (0, 0, 0);
                for _ in 0..cases / 2 {
                    let bytes = numbers.bytes(40);
                    if let Some(outcome) = exact_search(&bytes, None) {
                        asked += 1;
                        matched += usize::from(outcome.matched > 0);
                        selected += usize::from(outcome.selected);
                    }
                }
                (asked, matched, selected)
            })
        })
        .collect();
    let sums = threads.into_iter().map(|thread| thread.join().unwrap()).fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2));
    println!("{} queries planned and answered, {} with matches, {} without enumerating (seed {seed})", sums.0, sums.1, sums.2);
    assert!(sums.0 * 10 > cases as usize * 9, "hardly any query was refused");
    assert!(sums.1 * 7 > sums.0 && sums.2 * 4 > sums.0, "the law is not empty");
}

/// The law again, of whole conversations: `CONVERSATIONS` cases from `PLAN_SEED`, page by page.
#[test]
fn exact_facade_law() {
    let (cases, seed) = (number("CONVERSATIONS", 1_000), number("PLAN_SEED", 1));
    let threads: Vec<_> = (0..2)
        .map(|half| {
            std::thread::spawn(move || {
                let mut numbers = Seeded(seed * 2 + half + 1_000);
                let found: Vec<usize> = (0..cases / 2).filter_map(|_| exact_facade(&numbers.bytes(40))).collect();
                (found.len(), found.iter().filter(|matched| **matched > 0).count())
            })
        })
        .collect();
    let sums = threads.into_iter().map(|thread| thread.join().unwrap()).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    println!("{} searches answered, {} with matches (seed {seed})", sums.0, sums.1);
    assert!(sums.0 * 10 > cases as usize * 8 && sums.1 * 7 > sums.0, "the law is not empty");
}

/// Whether the law is broken: by a study that is missing, or one too many.
fn breaks(bytes: &[u8], mutant: Option<Mutant>) -> bool {
    let Err(broken) = std::panic::catch_unwind(|| exact_search(bytes, mutant)) else { return false };
    let text = broken.downcast_ref::<String>().cloned().unwrap_or_default();
    text.contains("missing: ") || text.contains("extra: ")
}

/// Each fault of planning and conversing that would lose or add studies is caught.
#[test]
fn mutations_are_caught() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() != Some("mutations_are_caught") {
            loud(info);
        }
    }));
    for mutant in Mutant::ALL {
        let mut numbers = Seeded(7);
        let caught = (0..20_000).find(|_| {
            let bytes = numbers.bytes(40);
            // It is the fault that is caught, as a study too many or too few: without it the law holds.
            breaks(&bytes, Some(mutant)) && !breaks(&bytes, None)
        });
        println!("{mutant:?}: caught by case {caught:?}");
        assert!(caught.is_some(), "{mutant:?}");
    }
}
