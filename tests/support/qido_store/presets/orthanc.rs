//! Orthanc's DICOMweb plugin: `orthanc-1.10` (measured), `orthanc-1.12` (>= 1.12.5, plugin 1.24, from source).
//!
//! Not modelled: the normalisation of PatientID, QidoCaseSensitive=true, and LimitFindResults (set `default_limit`, `max_limit`).

use super::super::faults::{All, Clock, Decode, Faults, Fuzzy, List, Names, Order, Policy, Repeat, Zero};
use super::baseline::baseline;
use super::{STUDY_R, kinds, mixed, words};

/// What both have in common. `modalities`: kinds of ModalitiesInStudy.
fn orthanc(seed: u64, modalities: &str) -> Faults {
    Faults {
        // B2, S4, J percent_encoding. So `& = +` in a value give wrong or no rows, and `#` and `%` none (assumed from DESIGN 7); a
        // second `=` cuts the value (assumed). Only a raw space or a character outside ASCII is 400 (B, on encoding).
        decode: Decode::BeforeSplit,
        strict_uri: false,
        list: List::Anywhere,   // S1.1: %2C and %252C too, a backslash is deleted; B4; C50
        repeat: Repeat::Last,   // S1.1, B3
        comma_tags: true,       // B1
        // J match, the main tags, and any other tag of the dictionary. InstitutionName is tested on the first instance, and not
        // returned on /studies (assumed).
        keys: [
            kinds(&format!(
                "00080020:SRL 00080030:SRL 00080050:SLW 00080061:{modalities} 00080090:SLW 00100010:SLW 00100020:SLW 00100030:SRL 00100040:SLW 00101000:SLW 0020000D:SU 00200010:SLW 00081030:SLW 00080080:SLW 00321032:SLW 00321060:SLW"
            )),
            kinds(
                "0020000E:SU 00080060:SLW 00200011:SL 0008103E:SLW 00180015:SLW 00080070:SLW 00081010:SLW 00181030:SLW 00081070:SLW 00080021:SRL 00080031:SRL",
            ),
            kinds("00080018:SU 00080016:SU 00200013:SL 00280008:SL"),
        ],
        any_tag: true,
        parent_keys: true,    // J match_parent
        merged_by_modality: true, // measured by examples/facade/e2e: /studies?StudyDate=D&ModalitiesInStudy=CR has one row of the two
        // Unknown names are ignored, dotted ones too; a bare sequence finds nothing (S3, B1).
        paths: vec![],
        lower: Policy::Zero,  // S1.1, S3
        wild_bad: true,       // B5: 400 in DA, TM, UI, IS. Standard else, but `*` needs a value, and in a list it is literal (B9)
        names: Names::Joined, // B, on names; S3: all groups as one text, accents count
        joined_values: true,  // assumed
        dates: Clock::Text,   // B5: a list beside a range is one text
        times: Clock::Text,   // B7
        empty_passes: true,   // S1.2, B5
        combined: false,      // S3
        default_limit: [None; 3],
        max_limit: [None; 3],
        limit_zero: Zero::NoLimit, // B11; limit=-1 is 500, limit=abc 400
        more: None,                // S3
        no_content: false,         // S1.3
        split_patients: true,      // B14, deviations.md C1
        relational: [true; 3],     // J paths
        all: All::Nothing,         // S3, J includefield
        include_dotted: false,
        include_parents: true,
        keys_returned: false,          // assumed
        empty_includes: false,         // assumed; what is empty and default comes (B)
        never: words("00080062"),      // B13
        order: Order::Stored,          // J paging.order
        fuzzy: Fuzzy::Checked,         // S4, B10
        base: "http://127.0.0.1/dicom-web".to_owned(), // port lost, measured (B15)
        ..baseline(seed)
    }
    .folded() // S3, B8
}

pub(super) fn old(seed: u64) -> Faults {
    Faults {
        charset: Some("ISO_IR 100".to_owned()), // S1.3, B16
        never: words("00080062 00080056"),      // B13
        no_sequences: true,                     // B13
        parent_defaults: true,                  // J returns: the study level on /studies/{}/series too
        // J returns
        defaults: [
            words(&format!("00080005 {STUDY_R} 00080201 00081190")),
            words("00080060 0008103E 0020000E 00200011 00201209 00081190"),
            words("00080016 00080018 00200013 00081190"),
        ],
        ..orthanc(seed, "SLW") // RT* in ModalitiesInStudy works, measured (B9)
    }
}

pub(super) fn new(seed: u64) -> Faults {
    let mut f = orthanc(seed, "SL"); // a wild card in ModalitiesInStudy is literal (S1.1, >= 1.12.6)
    // A series key on /studies: EXISTS if the database can (S3), by the seed; an instance key finds nothing.
    if mixed(seed, 50, 2) == 0 {
        f.lower = Policy::Exists
    }
    f.late_keys = true; // S1.1, S1.3, J paging note
    f.charset = Some("ISO_IR 192".to_owned()); // S1.3
    // J returns
    f.defaults[0].push("00080005".to_owned());
    f.defaults[2] = words("00080018 00080056 00080201 00081190 00200013 00280010 00280011 00280100 00280008");
    f
}
