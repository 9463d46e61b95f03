//! Every answer is valid FHIR.

use crate::archive::COLLECTED;
use fhir_dicomweb::Release;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many answers R6's schema checks: it takes long.
const FEW: usize = 25;

/// Gives what the tests collected to the validator, once for each release, where there is one.
pub fn every_answer() -> bool {
    let Some(validator) = std::env::var_os("FHIR_DICOMWEB_CORPUS").map(|root| PathBuf::from(root).join("../tools/validate-fhir.py")) else {
        println!("FHIR_DICOMWEB_CORPUS is not set: answers are not validated");
        return true;
    };
    let mut valid = true;
    let collected = std::mem::take(&mut *COLLECTED.lock().unwrap());
    for (release, mut texts) in collected {
        if release == Release::R6 {
            // Its schema is at hand for these alone.
            texts.retain(|text| {
                ["ImagingStudy", "Endpoint", "Bundle"].iter().any(|name| text.contains(&format!(r#"{{"resourceType":"{name}""#)))
            });
            // The small ones: a Bundle of many takes minutes.
            let mut short: Vec<String> = texts.into_iter().collect();
            short.sort_by_key(String::len);
            texts = short.into_iter().take(FEW).collect();
        }
        if release == Release::R5 {
            // The validator has R5's own ImagingStudy, Endpoint and Bundle, and all else as of 4.6.0, whose list of versions ends there.
            texts = texts.iter().map(|text| text.replace(r#""fhirVersion":"5.0.0""#, r#""fhirVersion":"4.6.0""#)).collect();
        }
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("facade-{release}.ndjson"));
        std::fs::write(&file, texts.iter().map(|text| format!("{text}\n")).collect::<String>()).unwrap();
        let output = Command::new("python3").arg(&validator).arg(release.name().to_lowercase()).arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            said.lines().take(20).for_each(|line| println!("{release}: {line}"));
            println!("{}", String::from_utf8_lossy(&output.stderr));
            valid = false;
        }
        println!("{release}: {}", said.lines().last().unwrap_or("nothing was said"));
    }
    valid
}
