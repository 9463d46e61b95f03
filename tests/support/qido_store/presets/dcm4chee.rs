//! dcm4chee-arc-light 5. Not modelled: custom attributes.

use super::super::faults::{Case, Faults, Fuzzy, List, Names, Policy, Repeat, Zero};
use super::baseline::baseline;
use super::{kinds, mixed, words};

pub(super) fn dcm4chee(seed: u64) -> Faults {
    let mut f = Faults {
        // S1.1, S4: split on raw commas before decoding, also on backslashes; a key twice is OR. A key without L or U uses the
        // first value (also of a date list). A character that RFC 3986 does not allow raw is 400 (assumed).
        list: List::Raw,
        backslash_list: true,
        repeat: Repeat::Or,
        parent_keys: true, // J match_parent
        // S2. Any key with W has wild cards, UI too (S3). On /studies the keys of series are EXISTS (S3).
        keys: [
            kinds(
                "0020000D:SUW 00200010:SLW 00080020:SR 00080030:SR 00081030:SLW 00080050:SW 00080061:SLW 00080062:SU 00080090:PW 00100010:PW 00100020:SW 00100021:S 00100030:SR 00100040:SLW 00102297:PW 00380010:SW 00080080:SLW 00081040:SLW 00081010:SLW 0008103E:SLW 00180015:SLW 00200060:SLW",
            ),
            kinds(
                "0020000E:SUW 00200011:S 00080060:SLW 00180015:SLW 00200060:SLW 00400244:SR 00400245:SR 00081050:PW 0008103E:SLW 00081010:SLW 00081040:SLW 00080080:SLW",
            ),
            kinds("00080018:SUW 00080016:SUW 00200013:S 00080023:SR 00080033:SR 0040A493:SLW 0040A491:SLW"),
        ],
        // S3: other paths are accepted and ignored, as other known attributes are; unknown names are 400.
        paths: words(
            "00400275.00080050 00400275.00321033 00400275.00321032 00400275.00401001 00400275.0020000D 00400275.00400009 00081032.00080100 00081032.00080102 00080082.00080100 00080082.00080102 0040A043.00080100 0040A043.00080102",
        ),
        unknown: Policy::Bad,
        // S3; only ASCII folds (assumed), accents count (a collation, assumed), IDs exact.
        case_pn: Case::FoldIfUpper,
        case_text: Case::FoldIfUpper,
        case_code: Case::QueryUpper,
        absent_is_star: true,   // S4
        names: Names::AnyGroup, // S3; A=B=C by group
        name_prefix: true,      // S1.1
        boundary_passes: true,  // S3: one interval; S1.1: a time range wraps midnight
        // Study.java writes the day of StudyDate, StudyTime and the data set's offset in the zone of its process.
        clock: Some([0, 60, -300, 540][mixed(seed, 11, 4) as usize]),
        // S1.3, J paging; an administrator may set less.
        default_limit: [Some(if mixed(seed, 13, 3) == 1 { 3 } else { 1000 }); 3],
        max_limit: [Some(if mixed(seed, 13, 3) == 1 { 3 } else { 1000 }); 3],
        limit_zero: Zero::Bad,
        max_offset: Some(99_999),
        more: Some("299 pacs.example:8080 \"There are {n} additional results that can be requested\"".to_owned()), // S3
        no_content: true,                                                                                          // S1.3
        relational: [true; 3],                                                                                     // J paths
        // J includefield: raw commas, dotted, unknown 400; "returned as requested" (S3), left out without a value (assumed).
        include_bad: true,
        include_parents: true,
        empty_includes: false,
        charset: Some("ISO_IR 192".to_owned()),
        fuzzy: Fuzzy::Soundex, // C52: instead of literal matching
        fuzzy_keys: words("00100010 00080090 00081050 00102297"),
        dcm4chee: true,
        ..baseline(seed) // the order too is scrambled (J paging.order)
    };
    // J returns
    f.defaults[0].extend(words("00080005 00080054"));
    f.defaults[2].push("00083002".to_owned());
    f
}
