//! The standard (PS3.18 10.6), where it leaves a choice the choice that costs a careless client most.
//!
//! By default of the choices: decoding after the split, commas in UIDs only, equality exact, the alphabetic group of a name, no
//! missing date within `-x`, the rows scrambled but stable.

use super::super::faults::{Faults, Repeat};
use super::{INSTANCE_R, SERIES_R, STUDY_R, kinds, mixed, words};

pub(super) fn baseline(seed: u64) -> Faults {
    let cap = match mixed(seed, 1, 4) {
        0 => None,
        1 => Some(1),
        2 => Some(3),
        _ => Some(100),
    };
    Faults {
        id: "ps3.18-baseline".to_owned(),
        strict_uri: true, // Q5; assumed at the servers that do not say otherwise
        // Q2. Unknown names and known ones that are no key here are ignored (S3); a key twice is 400.
        keys: [
            kinds("00080020:SR 00080030:SR 00080050:SW 00080061:SW 00080090:SW 00100010:SW 00100020:SW 0020000D:SU 00200010:SW"),
            kinds("00080060:SW 0020000E:SU 00200011:S 00400244:SR 00400245:SR"),
            kinds("00080016:S 00080018:SU 00200013:S"),
        ],
        paths: words("00400275.00400009 00400275.00401001"), // Q2
        combined: true,                                      // Q6
        // Seed (S1.3): a cap of 1 or 3 breaks "a short page is the end". limit=0 asks for nothing (Q4).
        default_limit: [cap; 3],
        max_limit: [cap; 3],
        more: Some("299 pacs.example: There are {n} additional results that can be requested".to_owned()), // Q4
        no_content: mixed(seed, 2, 2) == 0,                                                                // seed
        relational: [mixed(seed, 3, 4) != 0; 3],                                                           // seed (Q1: optional)
        // Q3
        defaults: [
            words(&format!("{STUDY_R} 00080056 00080201 00081190")),
            words(&format!("{SERIES_R} 00080201 00081190")),
            words(&format!("{INSTANCE_R} 00080056 00080201 00081190")),
        ],
        include_comma: true,
        include_repeat: Repeat::Or,
        include_dotted: true,
        // Keys come back (Q3); without a value as an empty attribute.
        keys_returned: true,
        empty_defaults: true,
        empty_includes: true,
        base: "https://pacs.example/dicom-web".to_owned(),
        ..Faults::default() // among it: literal matching with a Warning for fuzzymatching (Q4)
    }
}
