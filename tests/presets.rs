//! The presets of servers against the survey of real ones, where it is there: nothing is pushed that the survey does not know to be matched.

use fhir_dicomweb::search::{Decoding, End, Key, Wildcards, servers};
use serde_json::Value;

/// The survey, beside the corpus.
fn survey() -> Option<Value> {
    let corpus = std::env::var_os("FHIR_DICOMWEB_CORPUS")?;
    let path = std::path::Path::new(&corpus).parent()?.join("reference/servers.json");
    Some(serde_json::from_str(&std::fs::read_to_string(path).ok()?).unwrap())
}

fn surveyed(id: &str) -> Option<&'static str> {
    Some(match id {
        "unknown" => return None,
        "ps3.18-baseline" => "ps3.18-baseline",
        // Debian's build differs in decoding alone, which was measured later.
        "orthanc-1.10-debian" | "orthanc-1.10" => "orthanc-1.10-dicomweb-1.7",
        "orthanc-1.12" => "orthanc-1.12-dicomweb-1.24",
        "aws-healthimaging" => "aws-healthimaging-2026",
        "dcm4chee-arc-5" => "dcm4chee-arc-5",
        "google-healthcare" => "google-healthcare",
        "azure-dicom-v1" => "azure-dicom-v1",
        "azure-dicom-v2" => "azure-dicom-v2",
        "kheops" => "kheops",
        "static-dicomweb" => "static-dicomweb",
        other => panic!("no survey of {other}"),
    })
}

/// Level and tag of a key, and the kind of matching that a request wants of it.
fn wanted(key: Key) -> (&'static str, &'static str, &'static str) {
    match key {
        Key::StudyInstanceUid => ("study", "0020000D", "S"),
        Key::PatientId => ("study", "00100020", "S"),
        Key::AccessionNumber => ("study", "00080050", "S"),
        Key::StudyId => ("study", "00200010", "S"),
        Key::AdmissionId => ("study", "00380010", "S"),
        Key::StudyDate => ("study", "00080020", "R"),
        Key::PatientBirthDate => ("study", "00100030", "R"),
        Key::PatientSex => ("study", "00100040", "S"),
        Key::ModalitiesInStudy => ("study", "00080061", "S"),
        Key::SopClassesInStudy => ("study", "00080062", "S"),
        Key::Modality => ("series", "00080060", "S"),
        Key::SeriesInstanceUid => ("series", "0020000E", "S"),
        Key::SopClassUid => ("instance", "00080016", "S"),
        Key::SopInstanceUid => ("instance", "00080018", "S"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn presets_push_what_the_survey_knows() {
    let Some(survey) = survey() else { return };
    let presets = survey["presets"].as_array().unwrap();
    let mut checked = 0;
    for server in servers::all() {
        let Some(id) = surveyed(server.id()) else { continue };
        let facts = presets.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id} is not surveyed"));
        // Where the survey does not know it, nobody asks for all instances of a study at once.
        assert!(!server.lists_instances() || facts["paths"]["study_instances"] == true, "{id}");
        for key in Key::ALL.into_iter().filter(|key| server.pushes(*key)) {
            let (level, tag, kind) = wanted(key);
            let kinds = facts["match"][level][tag]["kinds"].as_array().cloned().unwrap_or_default();
            // AWS documents the resource of instances, and not its keys: a UID is what it is about.
            let is_told = id == "aws-healthimaging-2026" && key == Key::SopInstanceUid;
            assert!(is_told || kinds.iter().any(|known| known == kind), "{id}: {key:?} is pushed, the survey has {kinds:?}");
            checked += 1;
        }
        let lists = facts["uid_list"]["comma"] == true || id == "ps3.18-baseline";
        assert_eq!(server.uids_in_a_list() > 1, lists, "{id}: lists of UIDs");
        let has_wildcards = facts["wildcard"]["supported"] == true && facts["wildcard"]["question"] == true;
        assert!(server.wildcards_mean() != Wildcards::AsQuestion || has_wildcards, "{id}: `?` is no wildcard");
        assert!(server.wildcards_mean() != Wildcards::Exact || facts["wildcard"]["supported"] == false, "{id}: `*` is a wildcard");
        let before = facts["percent_encoding"].as_str().is_some_and(|text| text.starts_with("decoded before"));
        assert!(!before || server.decodes() != Decoding::Rfc, "{id}: decoding");
        if let (Some(size), Some(most)) = (server.page_size(), facts["paging"]["max_limit"].as_u64()) {
            assert!(u64::from(size) <= most, "{id}: pages");
        }
        assert!(server.end_signal() != End::ShortPage, "{id}: a short page is no sign");
    }
    assert!(checked > 80, "{checked} keys checked");
}
