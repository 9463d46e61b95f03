//! Static DICOMweb with its own server, which filters the list of studies in JavaScript (S4).

use super::super::faults::{Clock, Faults, Fuzzy, List, Order, Repeat, Wild};
use super::baseline::baseline;
use super::{kinds, words};
use std::collections::BTreeMap;

pub(super) fn static_web(seed: u64) -> Faults {
    Faults {
        // S2. Others, unknown or not, are ignored (S3). The case counts, and so do accents; a name is its alphabetic group (S3).
        keys: [
            kinds("0020000D:S 00100010:SLW 00100020:SLW 00081030:SLW 00080020:SR 00080061:SL 00080050:SLW"),
            kinds("0020000E:S"),
            BTreeMap::new(),
        ],
        strict_uri: false,    // as Orthanc (assumed; J percent_encoding: Express)
        list: List::None,     // S1.1
        comma_uid: Some(404), // S1.1
        repeat: Repeat::Or,   // S1.1
        paths: vec![],
        wild: Wild::Contains, // S1.1, S3
        dates: Clock::Text,   // S3
        combined: false,      // no time key
        // S1.2, J over_match: what is missing passes every test. J under_match: but an empty DA element is 500.
        empty_passes: true,
        absent_passes: true,
        empty_date_500: true,
        uid_bypass: true, // S4
        no_paging: true,  // S3, J paging
        default_limit: [None; 3],
        max_limit: [None; 3],
        more: None,
        // S1.3
        no_content: false,
        unknown_study_404: true,
        relational: [false; 3],                     // J paths
        loose_words: true,                          // J keyword_case_sensitive
        never: words("00081190 00080056 00080062"), // S3
        include_ignored: true,                      // J includefield: the whole record, less what is empty
        empty_defaults: false,
        empty_includes: false,
        fuzzy: Fuzzy::Ignored, // S3
        order: Order::DateUp,  // J paging.order
        ..baseline(seed)
    }
}
