//! A server of which nothing is known: one that is plausible, by the seed.
//!
//! It is never 400 for a safe key (UIDs, PatientID, AccessionNumber, StudyDate), never loses a row on a single value of them, and
//! decodes by RFC 3986. One choice ignores every filter (C61). Every other choice is assumed possible because a server of S3 or S1
//! does so; a cap of 1, 2 or 5 breaks "a short page is the end".

use super::super::faults::{All, Clock, Faults, Fuzzy, List, Names, Order, Policy, Repeat, Wild, Zero};
use super::baseline::baseline;
use super::{kinds, mixed, words};
use std::collections::BTreeMap;

pub(super) fn unknown(seed: u64) -> Faults {
    let pick = |salt: u64, n: u64| mixed(seed, salt, n);
    let yes = |salt: u64| pick(salt, 2) == 0;
    let mut f = baseline(seed);
    match pick(10, 5) {
        0 => f.keys = [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()], // cases.md 61: ignores every filter
        1 | 2 => f.keys = [kinds("00080020:SR 00080050:S 00100020:S 0020000D:S"), kinds("0020000E:S"), kinds("00080018:S")],
        3 => {}
        _ => f.any_tag = true,
    }
    if f.keys.iter().all(|k| k.len() < 5) {
        f.paths = vec![]
    }
    // A server that knows less than the minimum ignores the rest: the minimum is never 400.
    if f.any_tag || f.keys.iter().any(|k| k.len() > 5) {
        f.unknown = if yes(11) { Policy::Ignore } else { Policy::Bad };
        f.unsupported = if yes(12) { Policy::Ignore } else { Policy::Bad };
        f.lower = match pick(13, 4) {
            0 => Policy::Zero,
            1 => Policy::Bad,
            2 => Policy::Exists,
            _ => Policy::Ignore,
        };
    }
    if yes(14) {
        f = f.folded();
    }
    f.wild = if yes(15) { Wild::Standard } else { Wild::Literal };
    f.list = match pick(16, 3) {
        0 => List::None,
        1 => List::Uids,
        _ => List::Raw,
    };
    f.repeat = match pick(17, 4) {
        0 => Repeat::First,
        1 => Repeat::Last,
        2 => Repeat::Or,
        _ => Repeat::Bad,
    };
    if yes(18) {
        f.dates = Clock::Text;
        f.times = Clock::Text;
    }
    f.empty_passes = yes(19);
    f.combined = yes(20);
    f.names = match pick(21, 3) {
        0 => Names::Joined,
        1 => Names::Alphabetic,
        _ => Names::AnyGroup,
    };
    f.name_prefix = pick(22, 3) == 0;
    f.joined_values = yes(23);
    let cap = match pick(24, 4) {
        0 => None,
        1 => Some(1),
        2 => Some(2),
        _ => Some(5),
    };
    f.default_limit = [cap; 3];
    f.max_limit = [cap; 3];
    if yes(25) {
        f.more = None
    }
    f.limit_zero = match pick(26, 3) {
        0 => Zero::NoLimit,
        1 => Zero::Nothing,
        _ => Zero::Bad,
    };
    f.no_content = yes(27);
    f.split_patients = yes(28);
    f.relational = [!yes(29), !yes(30), !yes(31)];
    f.empty_value_bad = yes(32);
    if yes(33) {
        f.never = words("00081190 00080056")
    }
    if yes(34) {
        f.never.extend(words("00201206 00201208 00201209"))
    }
    if yes(35) {
        f.never.push("00080061".to_owned())
    }
    f.include_ignored = pick(36, 4) == 0;
    f.keys_returned = yes(37);
    f.empty_defaults = yes(38);
    f.empty_includes = yes(39);
    f.include_parents = yes(40);
    f.parent_defaults = yes(41);
    f.all = if yes(42) { All::Everything } else { All::Nothing };
    f.counts_text = yes(43);
    f.fuzzy = if yes(44) { Fuzzy::Ignored } else { Fuzzy::Warned };
    f.parent_keys = yes(45);
    f.shifted_pages = pick(46, 4) == 0;
    f.order = if yes(47) { Order::Newest } else { Order::Scrambled };
    f.no_sequences = yes(48);
    f
}
