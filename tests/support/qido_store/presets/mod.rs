//! The presets, by family of server. What a preset does not name is as in `baseline.rs`.

use super::faults::{Case, Decode, Faults};
use std::collections::BTreeMap;

mod baseline;
mod cloud;
mod dcm4chee;
mod kheops;
mod orthanc;
mod static_web;
mod unknown;

/// Attributes returned by default (Q3).
const STUDY_R: &str =
    "00080020 00080030 00080050 00080061 00080090 00100010 00100020 00100030 00100040 00200010 00201206 00201208 0020000D";
const SERIES_R: &str = "00080060 00200011 00201209 0020000E 0008103E 00400244 00400245 00400275.00400009 00400275.00401001";
const INSTANCE_R: &str = "00080016 00200013 00080018 00280010 00280011 00280100 00280008";

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
fn kinds(text: &str) -> BTreeMap<String, String> {
    text.split_whitespace().filter_map(|p| p.split_once(':')).map(|(t, k)| (t.to_owned(), k.to_owned())).collect()
}
/// A number below `n`, by the seed.
pub(super) fn mixed(seed: u64, salt: u64, n: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(salt.wrapping_mul(0xD1B5_4A32_D192_ED03));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % n
}

impl Faults {
    /// Equality of every VR but UI and IS without case.
    fn folded(self) -> Self {
        Self { case_pn: Case::Fold, case_text: Case::Fold, case_id: Case::Fold, case_code: Case::Fold, ..self }
    }
}

/// Faults of a preset. The seed picks among plausible behaviours where the facts are silent.
pub fn preset(id: &str, seed: u64) -> Faults {
    let f = match id {
        "ps3.18-baseline" => baseline::baseline(seed),
        "orthanc-1.10" => orthanc::old(seed),
        // Debian's build decodes nothing (B2).
        "orthanc-1.10-debian" => Faults { decode: Decode::None, ..orthanc::old(seed) },
        "orthanc-1.12" => orthanc::new(seed),
        "dcm4chee-arc-5" => dcm4chee::dcm4chee(seed),
        "google-healthcare" => cloud::google(seed),
        "azure-dicom-v1" => cloud::azure(seed),
        "azure-dicom-v2" => cloud::azure_v2(seed),
        "aws-healthimaging" => cloud::aws(seed),
        "kheops" => kheops::kheops(seed),
        "static-dicomweb" => static_web::static_web(seed),
        _ => unknown::unknown(seed),
    };
    Faults { id: id.to_owned(), ..f }
}
