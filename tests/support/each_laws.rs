//! The law of rows one by one: what a row gives among others is what it gives alone, but that nothing is counted.

use fhir_dicomweb::{Error, Loss, LossReport, Options, Release, Study, dicom, fhir};

/// Losses, but for the row they were met in first.
fn told(report: &LossReport) -> Vec<Loss> {
    report.iter().map(|loss| Loss { first: 0, ..*loss }).collect()
}

fn written(study: &Study, options: &Options) -> [String; 2] {
    [fhir::write(study, Release::R5, options).value.into_string(), dicom::write(study, dicom::Rows::Metadata, options).value.into_string()]
}

/// Whether nothing in a text was a data set.
fn is_foreign(error: &Error) -> bool {
    ["error-answer", "other-format"].contains(&error.code())
}

/// *One-by-one*: every row, in order, gives the study and the losses that it gives where it is the only one.
pub fn one_by_one(rows: &[String], options: &Options) {
    let text = format!("[{}]", rows.join(","));
    let mut uncounted = options.clone();
    uncounted.complete = false;
    let mut each = dicom::rows(text.as_bytes(), options);
    for (n, row) in rows.iter().enumerate() {
        // No row lists its study, though all together may.
        let alone = dicom::read(format!("[{row}]").as_bytes(), &uncounted);
        let Some(item) = each.next() else {
            // Objects that are no data sets are an error where there is nothing else; among others they are rows of no study.
            assert!(alone.is_err(), "row {n} is missing of {text}");
            return;
        };
        match (alone, item) {
            (Ok(alone), Ok(item)) => {
                let studies: Vec<_> = alone.value.iter().map(|study| written(study, options)).collect();
                assert_eq!(item.value.iter().map(|study| written(study, options)).collect::<Vec<_>>(), studies, "row {n} of {text}");
                assert_eq!(told(&item.loss), told(&alone.loss), "row {n} of {text}");
                assert_eq!(item.loss.carried(), alone.loss.carried(), "row {n} of {text}");
                assert!(item.loss.iter().all(|loss| loss.first == n as u64), "row {n} of {text}");
            }
            (Err(alone), Err(item)) => {
                // A strict reader ends where a row is no data set.
                let foreign = is_foreign(&alone) && options.strict && item.code() == "strict";
                assert!(foreign || alone.code() == item.code(), "{} and {}, row {n} of {text}", alone.code(), item.code());
                assert!(each.next().is_none());
                return;
            }
            (Err(alone), Ok(item)) => {
                assert!(is_foreign(&alone) && item.value.is_none(), "row {n} of {text}");
            }
            (Ok(_), Err(error)) => panic!("{} at row {n} of {text}", error.code()),
        }
    }
}
