//! Kheops: /studies is its own; series and below are dcm4chee (S4); /studies/{}/instances is 404 (null in J).

use super::super::faults::{All, Clock, Faults, Fuzzy, List, Names, Order, Repeat, Wild};
use super::baseline::baseline;
use super::{STUDY_R, kinds, words};
use std::collections::BTreeMap;

pub(super) fn kheops(seed: u64) -> Faults {
    let mut f = Faults {
        // S2. Others, unknown or not, are ignored (S3). An empty value is universal (assumed).
        keys: [
            kinds("00080020:SR 00080030:SR 00080050:SW 00080061:S 00080090:SW 00100010:SW 00100020:SW 00200010:SW 00081030:SW 0020000D:S"),
            BTreeMap::new(),
            BTreeMap::new(),
        ],
        list: List::None,      // S1.1
        repeat: Repeat::First, // S1.1
        paths: vec![],
        wild: Wild::EdgesInnerDeleted, // S1.1
        names: Names::Joined,          // assumed; accents count (S3)
        times: Clock::Micros,          // S1.1; dates are parsed, else 400
        combined: false,               // S3
        null_word: true,               // J wildcard note
        default_limit: [None; 3],
        max_limit: [None; 3], // S3; limit=0 asks for nothing (assumed)
        no_content: true,     // S1.3
        more: Some("299 {+service}: There are {n} additional results that can be requested".to_owned()), // S3
        relational: [false; 3], // J paths
        never: words("00081190 00080005"), // S3
        // J includefield: repeated, only StudyDescription, and that with vr CS (S1.3)
        all: All::Nothing,
        include_comma: false,
        include_only: words("00081030"),
        keys_returned: false,     // assumed
        empty_includes: false,    // assumed
        order: Order::DateDown,   // J paging.order
        counts_of_filter: true,   // S1.3
        fuzzy: Fuzzy::SoundexToo, // S3
        fuzzy_keys: words("00100010 00080090 00080050 00100020 00200010 00081030"),
        below: Some("dcm4chee-arc-5".to_owned()),
        ..baseline(seed)
    }
    .folded(); // S3
    f.defaults[0] = words(&format!("{STUDY_R} 00080056 00080201")); // J returns
    f
}
