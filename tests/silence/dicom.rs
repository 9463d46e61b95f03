//! Canaries in every attribute of the table, in names that are none, and where nothing belongs.

use crate::sweep::Sweep;
use fhir_dicomweb::{Error, LossReport, Mapped, Options, Part, Release, Study, Vr, dicom, fhir, known, row, rows};
use std::collections::BTreeMap;

/// A data set: its attributes by tag, as text.
type Set = BTreeMap<u32, String>;

fn text_of(set: &Set) -> String {
    let members: Vec<String> = set.iter().map(|(tag, attribute)| format!("\"{tag:08X}\":{attribute}")).collect();
    format!("{{{}}}", members.join(","))
}

fn attribute(vr: &str, value: &str) -> String {
    format!(r#"{{"vr":"{vr}","Value":[{value}]}}"#)
}

/// A value that the attribute can have.
fn value(part: &Part, sweep: &mut Sweep) -> String {
    match part.vr() {
        Vr::Sq => text_of(&part.items().iter().map(|inner| (inner.tag(), attribute(inner.vr().name(), &value(inner, sweep)))).collect()),
        Vr::Pn => format!(
            r#"{{"Alphabetic":"{}^{}","Ideographic":"{}","Phonetic":"{}"}}"#,
            sweep.text(),
            sweep.text(),
            sweep.text(),
            sweep.text()
        ),
        Vr::Da => format!("\"{}\"", sweep.date()),
        Vr::Tm => format!("\"{}\"", sweep.time()),
        Vr::Ui => format!("\"{}\"", sweep.uid()),
        Vr::Is => sweep.digits(),
        Vr::Offset => "\"+0530\"".into(),
        Vr::Cs if part.keyword().ends_with("Laterality") => "\"L\"".into(),
        Vr::Ur => format!("\"{}\"", sweep.url()),
        _ => format!("\"{}\"", sweep.text()),
    }
}

/// A data set with every attribute of the table, each made by `make`.
fn every(sweep: &mut Sweep, make: impl Fn(&Part, &mut Sweep) -> String) -> Set {
    let (mut set, mut inside): (Set, BTreeMap<u32, Set>) = Default::default();
    for part in rows().flat_map(|row| row.parts()) {
        let made = make(part, sweep);
        match part.sequence() {
            None => set.insert(part.tag(), made),
            Some(sequence) => inside.entry(sequence).or_default().insert(part.tag(), made),
        };
    }
    set.extend(inside.into_iter().map(|(tag, items)| (tag, attribute("SQ", &text_of(&items)))));
    set
}

fn valid(sweep: &mut Sweep) -> Set {
    every(sweep, |part, sweep| attribute(part.vr().name(), &value(part, sweep)))
}

const STUDY: u32 = 0x0020_000D;

/// What the report of anything says, in every form it can be said.
pub fn report(sweep: &mut Sweep, loss: &LossReport) {
    sweep.show(loss);
    for one in loss {
        sweep.show(one);
        sweep.show(&one.at);
        sweep.show(&one.code);
        one.at.steps().for_each(|step| sweep.see(&step));
    }
    for release in Release::ALL {
        let outcome = fhir::outcome(loss, release);
        sweep.see(&outcome);
        sweep.told("an OperationOutcome", outcome.as_str());
    }
    let mapped = Mapped { value: (), loss: loss.clone() };
    sweep.see(&mapped);
    if let Err(lossy) = mapped.lossless() {
        sweep.error(&lossy);
    }
}

macro_rules! facts {
    ($sweep:ident, $of:expr; $($row:ident)+) => {{
        let of = $of;
        $(
            if let Some(view) = of.get(row::$row) {
                $sweep.see_view(stringify!($row), &view);
            }
        )+
    }};
}

/// A view of a fact: its `Debug` says which fields are filled; the text of a plain fact is the fact, and is not looked at.
trait SeeView {
    fn see_view<T: std::fmt::Debug>(&mut self, row: &str, view: &T);
}

impl SeeView for Sweep {
    fn see_view<T: std::fmt::Debug>(&mut self, row: &str, view: &T) {
        let plain = ["&str", "u32", "i64", "u64"].contains(&std::any::type_name::<T>());
        assert!(!row.is_empty());
        if !plain {
            self.see(view);
        }
    }
}

pub fn studies(sweep: &mut Sweep, studies: &[Study]) {
    for study in studies {
        sweep.see(study);
        facts!(sweep, study; PATIENT_BIRTH PATIENT_ID PATIENT_NAME PATIENT_OTHER_ID PATIENT_RETIRED_ID PATIENT_SEX ACCESSION AVAILABILITY
            DESCRIPTION ENCOUNTER FILLER INSTANCE_COUNT INTERPRETER LOCATION MODALITIES PHYSICIAN_OF_RECORD PLACER PROCEDURE REASON
            REFERENCED_REQUEST REFERRER REQUESTS RETRIEVE_URL SERIES_COUNT STARTED STUDY_ID STUDY_UID);
        for series in study.series() {
            sweep.see(&series);
            facts!(sweep, series; BODY_SITE DEVICE LATERALITY OPERATOR PERFORMER SERIES_DESCRIPTION SERIES_INSTANCE_COUNT SERIES_MODALITY
                SERIES_NUMBER SERIES_STARTED SERIES_UID SPECIMEN);
            for instance in series.instances() {
                sweep.see(&instance);
                facts!(sweep, instance; INSTANCE_CLASS INSTANCE_NUMBER INSTANCE_TITLE INSTANCE_UID);
            }
        }
        for rows in [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances, dicom::Rows::Metadata] {
            let written = dicom::write(study, rows, &Options::default());
            sweep.see(&written);
            sweep.see(&written.value);
            report(sweep, &written.loss);
        }
        for release in Release::ALL {
            let written = fhir::write(study, release, &Options::default());
            sweep.see(&written);
            report(sweep, &written.loss);
        }
    }
    let options = Options::default();
    let mut bundle = fhir::BundleWriter::new(Release::R5, &options);
    studies.iter().for_each(|study| bundle.push(study));
    bundle.link("self", &sweep.url());
    sweep.see(&bundle);
}

fn outcome(sweep: &mut Sweep, read: Result<Mapped<Vec<Study>>, Error>) -> Vec<Study> {
    match read {
        Err(error) => {
            sweep.error(&error);
            Vec::new()
        }
        Ok(read) => {
            sweep.see(&read);
            report(sweep, &read.loss);
            studies(sweep, &read.value);
            read.value
        }
    }
}

/// Through every way in, strict and not.
fn through(sweep: &mut Sweep, text: &[u8]) -> Vec<Study> {
    let strict = &mut Options::default();
    strict.strict = true;
    let mut found = Vec::new();
    for options in [&Options::default(), &*strict] {
        let mut losses = Vec::new();
        let read = dicom::read_with(text, options, &mut |loss| losses.push(*loss));
        losses.iter().for_each(|loss| sweep.show(loss));
        let studies = outcome(sweep, read);
        let mut reader = dicom::Reader::new(options.clone());
        let pushed = text.chunks(7).try_for_each(|chunk| reader.push(chunk));
        sweep.see(&reader);
        match pushed.and_then(|()| reader.finish()) {
            Err(error) => sweep.error(&error),
            Ok(read) => sweep.see(&read),
        }
        let mut rows = dicom::rows(text, options);
        while let Some(row) = rows.next() {
            match row {
                Err(error) => sweep.error(&error),
                Ok(row) => sweep.see(&row),
            }
            sweep.see(&rows);
        }
        found.extend(studies);
    }
    found
}

pub fn all(sweep: &mut Sweep) -> Vec<Study> {
    // All that is right: every fact is carried, and shown by nobody.
    let good = valid(sweep);
    let studies = through(sweep, text_of(&good).as_bytes());
    assert!(studies[0].leaves() > 100, "{} fields are carried", studies[0].leaves());
    // The same study, and everything else is said otherwise: conflicts.
    let mut other = valid(sweep);
    for same in [STUDY, 0x0020_000E, 0x0008_0018, 0x0010_0020, 0x0010_0021] {
        other.insert(same, good[&same].clone());
    }
    through(sweep, format!("[{},{}]", text_of(&good), text_of(&other)).as_bytes());
    // Two patients.
    other.insert(0x0010_0020, attribute("LO", &format!("\"{}\"", sweep.text())));
    through(sweep, format!("[{},{}]", text_of(&good), text_of(&other)).as_bytes());

    // Values that no attribute can have, each in the place of every value.
    type Make = fn(&mut Sweep) -> String;
    let wrong: [Make; 12] = [
        |sweep| attribute("XX", &format!("\"{}\",\"{}\"", sweep.text(), sweep.text())),
        |sweep| attribute(&sweep.text(), &format!("\"{}\"", sweep.text())),
        |sweep| attribute("LO", &format!("-{0}.{0},{0}e{0}", sweep.digits())),
        |sweep| attribute("LO", &format!(r#"{{"{}":"{}"}}"#, sweep.text(), sweep.text())),
        |sweep| attribute("LO", &format!(r#"[["{}"]],true,null"#, sweep.text())),
        |sweep| attribute("LO", &format!("\"{}\"", sweep.text().repeat(200))),
        |sweep| attribute("LO", &format!("\"{}\\\\{}\"", sweep.text(), sweep.text())),
        |sweep| format!("\"{}\"", sweep.text()),
        |sweep| format!(r#"{{"vr":"LO","Value":"{}","{}":"{}"}}"#, sweep.text(), sweep.text(), sweep.text()),
        |sweep| format!(r#"{{"vr":"OB","InlineBinary":"{}"}}"#, sweep.text()),
        |sweep| format!(r#"{{"vr":"UR","BulkDataURI":"{}"}}"#, sweep.url()),
        |sweep| {
            attribute("SQ", &format!(r#"{{"{}":{{"vr":"LO","Value":["{}"]}},"00091001":"{}"}}"#, sweep.text(), sweep.text(), sweep.text()))
        },
    ];
    for make in wrong {
        for keep_study in [true, false] {
            let mut set = every(sweep, |_, sweep| make(sweep));
            if keep_study {
                for same in [STUDY, 0x0020_000E, 0x0008_0018] {
                    set.insert(same, good[&same].clone());
                }
            }
            for attribute in known().step_by(40) {
                set.insert(attribute.tag, make(sweep));
            }
            for stranger in [0x0009_1001, 0x7FDF_1000, 0x1234_5678] {
                set.insert(stranger, make(sweep));
            }
            through(sweep, text_of(&set).as_bytes());
        }
    }
    // Every attribute twice.
    let twice = format!("{{{},{}", &text_of(&good)[1..text_of(&good).len() - 1], &text_of(&valid(sweep))[1..]);
    through(sweep, twice.as_bytes());

    // What is no DICOM JSON.
    let text = sweep.text();
    for other in [
        format!("<html><body>{text}</body></html>"),
        format!("\"{text}\""),
        text.clone(),
        format!("{{\"{text}\":\"{text}\"}}"),
        format!("{{\"message\":\"{text}\",\"status\":\"{text}\"}}"),
        format!("{{\"resourceType\":\"{text}\"}}"),
        format!("[{{\"PatientName\":\"{text}\"}}]"),
        format!("[{{\"{text}\":{{\"{text}\":[{text}]}}}}]"),
        format!("[{{\"0020000D\":{{\"vr\":\"UI\",\"Value\":[\"{text}\"]}},\"{text}\":\"{text}\"}},\"{text}\",[\"{text}\"]]"),
    ] {
        through(sweep, other.as_bytes());
    }
    // Broken off anywhere, and with a byte that is none.
    let whole = text_of(&good);
    for at in (0..whole.len()).step_by(97) {
        let mut broken = whole.as_bytes()[..at].to_vec();
        through(sweep, &broken);
        broken.extend_from_slice(b"\xFF");
        broken.extend_from_slice(&whole.as_bytes()[at..]);
        through(sweep, &broken);
    }
    studies
}
