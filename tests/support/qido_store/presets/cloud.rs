//! Google Cloud Healthcare, Azure DICOM service v1 and v2, AWS HealthImaging.
//!
//! Not modelled: Azure's extended query tags, AWS's image sets and its cap of 10,000.
//! Explicit `includefield=00081030` works at Google and AWS (S1.3 "always ask"), though J says "includefield=all".

use super::super::faults::{All, Clock, Faults, Fuzzy, List, Names, Order, Policy, Repeat, Wild, Zero};
use super::baseline::baseline;
use super::{kinds, mixed, words};

/// What Google and Azure have in common.
fn cloud(seed: u64) -> Faults {
    Faults {
        list: List::None,     // S1.1
        wild: Wild::Literal,  // S1.1, S3; `*` in a date is 400. Parsed dates, no key for times (S3)
        names: Names::Joined, // assumed; J pn_match: whole text
        combined: false,      // no time key
        // S3: keys of other levels too. A key twice is 400.
        unknown: Policy::Bad,
        unsupported: Policy::Bad,
        paths: vec![],
        empty_value_bad: true, // S3; assumed at Google
        limit_zero: Zero::Bad, // S3; assumed at Google
        more: None,            // S3
        no_content: true,      // S1.3; assumed at Google
        relational: [true; 3], // J paths
        keys_returned: false,  // assumed
        empty_includes: false, // assumed
        include_parents: true,
        never: words("00081190 00201206 00080062"), // S3
        charset: Some("ISO_IR 192".to_owned()),
        // J returns
        defaults: [
            words("00080005 00080020 00080030 00080050 00080056 00080090 00080201 00100010 00100020 00100030 00100040 0020000D 00200010"),
            words("00080005 00080060 00080201 0008103E 0020000E 00400244 00400245 00400275.00400009 00400275.00401001"),
            words("00080005 00080016 00080018 00080056 00080201 00200013 00280010 00280011 00280100 00280008"),
        ],
        all: All::More(words("00081030 00081032 00200011 00080021")), // J includefield
        fuzzy: Fuzzy::Words,                                          // S3: word prefix
        order: Order::Newest,                                         // J paging.order (Azure)
        ..baseline(seed)
    }
}

pub(super) fn google(seed: u64) -> Faults {
    Faults {
        // S2. Case and accents count (S3); an open range works (J says null, PS3.4 asks for it).
        keys: [
            kinds("0020000D:S 00100010:S 00100020:S 00080050:S 00080090:S 00080020:SR"),
            kinds("0020000E:S 00080060:S"),
            kinds("00080018:S"),
        ],
        comma_uid: Some(400),                                                  // S1.1, C50
        parent_keys: true,                                                     // J match_parent
        empty_passes: true,                                                    // assumed
        include_repeat: Repeat::Bad,                                           // assumed
        never: words("00081190 00201206 00080062 00201208 00201209 00080061"), // S3
        all: All::More(words("00081030 00081032 00080080 00080051 00081048 00081060 00081110 00401012 00200011 00080021")),
        // J paging; a larger limit is cut (assumed)
        default_limit: [Some(100), Some(100), Some(1000)],
        max_limit: [Some(5000), Some(5000), Some(50_000)],
        max_offset: Some(1_000_000),
        order: Order::Scrambled, // not documented
        fuzzy_keys: words("00100010"),
        ..cloud(seed)
    }
}

pub(super) fn azure(seed: u64) -> Faults {
    Faults {
        // S2. On /studies/{uid}/… study keys are 400 (S4).
        keys: [
            kinds("0020000D:S 00100010:S 00100020:S 00100030:SR 00080050:S 00080090:S 00080020:SR 00081030:S 00080061:S"),
            kinds("0020000E:S 00080060:S 00400244:SR 00081090:S"),
            kinds("00080018:S"),
        ],
        no_accents_pn: true, // S3
        inverted_bad: true,  // S4: 8 digits; `-` and an inverted range 400
        trims: true,         // S4, J percent_encoding
        quote_bad: true,     // J fuzzymatching
        // S3, J includefield: `all` alone; unknown and dotted 400
        all_alone: true,
        include_bad: true,
        include_dotted: false,
        // S1.3, J paging; rows repeat when a study was stored meanwhile
        default_limit: [Some(100); 3],
        max_limit: [Some(200); 3],
        over_limit_bad: true,
        shifted_pages: true,
        fuzzy_keys: words("00100010 00080090"),
        ..cloud(seed)
    }
    .folded() // S3
}

/// v2 returns the indexed attributes by default (S4); v1's others with `all`.
pub(super) fn azure_v2(seed: u64) -> Faults {
    let f = azure(seed);
    let mut more = f.defaults.concat();
    more.extend(words("00081030 00081032 00101010 00101020 00101030 00102180 001021B0 00200011 00080021"));
    Faults {
        all: All::More(more),
        defaults: [
            words("0020000D 00080020 00081030 00080050 00080090 00100010 00100020 00100030"),
            words("0020000E 00080060 00400244 00081090"),
            words("00080018"),
        ],
        ..f
    }
}

pub(super) fn aws(seed: u64) -> Faults {
    let yes = |salt: u64| mixed(seed, salt, 2) == 0;
    let unknown = if yes(60) { Policy::Ignore } else { Policy::Bad }; // not documented: seed
    let f = Faults {
        // S2 (the text of 2026) and SOPInstanceUID
        keys: [
            kinds(
                "00080020:SR 00080030:S 00080050:S 00080061:S 00080090:S 00081030:SW 00100010:S 00100020:SW 00100030:S 00100032:S 0020000D:S 00200010:S",
            ),
            kinds("0020000E:S 00080060:S"),
            kinds("00080018:S"),
        ],
        parent_keys: true, // J match_parent
        paths: vec![],
        list: List::None,              // assumed
        wild: Wild::EdgesInnerLiteral, // S1.1: edges and `?`; an inner `*` is literal (assumed)
        names: Names::Joined,          // assumed
        combined: false,               // assumed
        unknown,
        unsupported: unknown,
        no_content: yes(62),                                      // seed
        repeat: if yes(63) { Repeat::Last } else { Repeat::Bad }, // seed
        times: Clock::Text,    // S2: StudyTime is exact; dates are parsed, open ranges work (PS3.4 asks for it)
        empty_passes: true,    // assumed
        empty_value_bad: true, // assumed
        limit_zero: Zero::Bad, // assumed
        more: None,            // assumed
        // J paging
        default_limit: [Some(1000); 3],
        max_limit: [Some(1000); 3],
        max_offset: Some(1_000_000),
        relational: [true; 3], // J paths
        // Assumed; the computed ones come with `all` or by name (J returns).
        defaults: [
            words("00080020 00080030 00080050 00080090 00100010 00100020 00100030 00100040 0020000D 00200010"),
            words("00080060 0020000E 00200011 0008103E"),
            words("00080016 00080018 00200013"),
        ],
        include_comma: false,  // assumed
        include_max: Some(50), // S4; 400 above (assumed)
        include_parents: true,
        keys_returned: false,  // assumed
        empty_includes: false, // assumed
        order: Order::Numbers, // J paging.order
        fuzzy: Fuzzy::Words,   // S3
        fuzzy_keys: words("00100010 00080090"),
        ..baseline(seed)
    };
    if yes(61) { f.folded() } else { f } // seed
}
