//! The laws of DESIGN, as functions of bytes: they panic where a law is broken. Property tests and fuzz targets share them.

use fhir_dicomweb::{
    Class, Code, Error, Json, Loss, LossReport, Mapped, Options, Place, Release, Row, Step, Study, Subject, Vr, dicom, fhir, row, rows,
};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use super::fhir_laws::{assert_same, facts_at};
use std::fmt;

/// *Total*: any bytes give a result or an error, and nothing of either shows the input.
pub fn total(bytes: &[u8]) {
    let _ = dicom::read(bytes, &Options::default());
}

/// What is read as JSON is JSON to serde_json, and the other way round; a number out of range is the only lawful difference.
/// The text stands inside an attribute that nothing maps, so that only the scanner looks at it.
pub fn scan(bytes: &[u8]) {
    let mut text = br#"[{"0020000D":{"vr":"UI","Value":["1.2.3"]},"00189999":{"vr":"UN","Value":["#.to_vec();
    text.extend_from_slice(bytes);
    text.extend_from_slice(b"]}}]");
    let options = &mut Options::default();
    options.limits.depth = 127;
    let ours = dicom::read(&text, options);
    match serde_json::from_slice::<Value>(&text) {
        // The text may have closed the attribute: then it says something else, in JSON all the same.
        Ok(_) => assert!(!matches!(ours, Err(error) if error.code().starts_with("json-"))),
        Err(error) if error.to_string().contains("number out of range") => {}
        // serde_json wants one value, a reader of answers takes several.
        Err(error) if error.to_string().contains("trailing characters") => {}
        Err(_) => assert!(ours.is_err(), "{:?}", String::from_utf8_lossy(&text)),
    }
}

/// *Carry-or-tell*: carried + the counts of all losses = the leaves of the input, for reading and for writing.
pub fn carry_or_tell(text: &str, options: &Options) {
    let mut each = 0;
    let Ok(read) = dicom::read_with(text.as_bytes(), options, &mut |loss| each += loss.count) else {
        return;
    };
    let Some(leaves) = leaves(text) else { return };
    assert_eq!(read.loss.counted(), each, "coalescing keeps counts");
    assert_eq!(read.loss.carried() + read.loss.counted(), leaves, "leaves of {text}\n{}", read.loss);
    for study in &read.value {
        for release in Release::ALL {
            let written = fhir::write(study, release, &Options::default());
            assert_eq!(
                written.loss.carried() + written.loss.counted(),
                study.leaves(),
                "fields of the record, {release}\n{}",
                written.loss
            );
            is_json(&written.value);
        }
    }
}

/// What is written is JSON, without characters that no text of FHIR's or DICOM's has, and serializes as what its text says, however serde_json
/// keeps numbers.
pub fn is_json(written: &Json) {
    let value: Value = serde_json::from_str(written.as_str()).expect("what is written is JSON");
    assert!(is_text(&value), "a control character is written: {}", written.as_str());
    assert_eq!(serde_json::to_value(written).expect("what is written serializes"), value);
}

fn is_text(value: &Value) -> bool {
    match value {
        Value::String(text) => text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')),
        Value::Array(values) => values.iter().all(is_text),
        Value::Object(members) => members.values().all(is_text),
        _ => true,
    }
}

/// Whether statements differ, be that allowed (a series' instances, a study's series) or not.
fn is_difference(loss: &Loss) -> bool {
    loss.class() == Class::Conflict || loss.code == Code::NotUniform
}

/// *Order-blind*: in another order of rows the same studies and the same conflicts.
pub fn order_blind(sets: &[String], other: &[String]) {
    let read = |sets: &[String]| dicom::read(crate_document(sets).as_bytes(), &Options::default());
    let (Ok(one), Ok(two)) = (read(sets), read(other)) else { return };
    let conflicts = |report: &LossReport| -> BTreeSet<String> {
        report.iter().filter(|loss| is_difference(loss)).map(|loss| format!("{} {}", loss.code, fact_of(&loss.at))).collect()
    };
    let (one_told, two_told) = (conflicts(&one.loss), conflicts(&two.loss));
    // Of patients who differ, and whom no number tells apart, the first is kept: what else contradicts, and whether it is the name of one who has
    // a number, depends on who that is. That they differ does not.
    let is_left_out = |read: &Mapped<Vec<Study>>| {
        // Of a row that is lost all may have been noted before: that there is one record of each UID says that it is not there.
        let uids: BTreeSet<&str> = read.value.iter().filter_map(|study| study.get(row::STUDY_UID)).collect();
        let is_counted = |loss: &Loss| loss.count > 0 || uids.len() == read.value.len();
        read.loss.iter().any(|loss| loss.code == Code::PatientConflict && is_counted(loss))
    };
    if is_left_out(&one) || is_left_out(&two) {
        let who = ["patient-conflict PATIENT_ID", "conflict PATIENT_NAME", "conflict PATIENT_BIRTH", "conflict PATIENT_SEX"];
        for told in [&one_told, &two_told] {
            assert!(who.iter().any(|who| told.contains(*who)), "patients of {sets:?}: {told:?}");
        }
        return;
    }
    assert_eq!(one_told, two_told, "conflicts of {sets:?}");
    if one_told.is_empty() {
        assert_eq!(unordered(&one.value), unordered(&two.value), "studies of {sets:?}");
    }
}

/// The fact that a place belongs to: which leaves of it are told depends on which data set came first, the fact does not. Facts that share an
/// attribute (the offset that dates them) are one here.
fn fact_of(at: &Place) -> String {
    fn tags(row: &Row) -> impl Iterator<Item = u32> + '_ {
        row.parts().iter().map(|part| part.sequence().unwrap_or(part.tag()))
    }
    let Some(Step::Tag(tag)) = at.steps().next() else { return at.to_string() };
    let Some(row) = rows().find(|row| tags(row).any(|own| own == tag)) else { return at.to_string() };
    let first = rows().find(|other| tags(other).any(|tag| tags(row).any(|own| own == tag)));
    first.map_or_else(|| at.to_string(), |row| row.name().to_owned())
}

fn crate_document(sets: &[String]) -> String {
    format!("[{}]", sets.join(","))
}

/// The studies as JSON, blind to the order of every list.
fn unordered(studies: &[Study]) -> BTreeSet<String> {
    studies
        .iter()
        .map(|study| {
            let text = fhir::write(study, Release::R5, &Options::default()).ignore_loss();
            sorted(serde_json::from_str(text.as_str()).unwrap()).to_string()
        })
        .collect()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(members) => Value::Object(members.into_iter().map(|(name, value)| (name, sorted(value))).collect()),
        other => other,
    }
}

/// *There-and-back*, DICOM JSON: what is written as rows of every level reads back as the same record, minus what was reported;
/// and what is written is conformant: reading it remarks on nothing but UIDs that were odd before.
pub fn there_and_back(text: &str) {
    let options = &mut Options::default();
    options.subject = Subject::Contained;
    let Ok(read) = dicom::read(text.as_bytes(), options) else { return };
    for study in &read.value {
        through_dicom(study, options, text);
    }
}

/// One record through rows of every level and back; `context` is told where the law is broken.
pub fn through_dicom(study: &Study, options: &Options, context: &str) {
    let rows = [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances].map(|rows| dicom::write(study, rows, options));
    // Of a record of which something was lost nobody promises that it is complete: counts that it has are written.
    let unpromised = &mut options.clone();
    unpromised.complete = false;
    let mut reader = dicom::Reader::new(unpromised.clone());
    for written in &rows {
        reader.push(written.value.as_str().as_bytes()).unwrap();
    }
    let back = reader.finish().unwrap();
    // Rows of a series have their own URL, which is not the study's.
    let lawful = ["odd-uid", "lifted", "url-not-trusted"];
    let odd: Vec<String> = back.loss.iter().filter(|loss| !lawful.contains(&loss.code.name())).map(|loss| loss.to_string()).collect();
    assert!(odd.is_empty(), "{odd:?}\n{}\n{context}", rows[1].value);
    let metadata = dicom::write(study, dicom::Rows::Metadata, options);
    let again = dicom::read(metadata.value.as_str().as_bytes(), unpromised).unwrap();
    assert!(again.value.len() <= 1);
    if study.is_patient_conflict() {
        return;
    }
    assert_eq!(back.value.len(), 1, "{}", rows[0].value);
    // What no level lists is excused, and what any of them had to bend.
    let mut told: BTreeMap<Place, usize> = BTreeMap::new();
    for written in &rows {
        for loss in &written.loss {
            *told.entry(loss.at).or_default() += if loss.code.name() == "not-listed" { 1 } else { rows.len() };
        }
    }
    let excused = told.iter().filter(|(_, levels)| **levels >= rows.len()).map(|(at, _)| *at);
    let context = format!("{context}\n{}\n{}\n{}", rows[0].value, rows[1].value, rows[2].value);
    assert_same(study, &back.value[0], &facts_at(excused), true, options, &context);
}

/// *Silent-on-PHI*: nothing that is formatted holds the word CANARY, which the generators plant in values and names.
pub fn silent(text: &str) {
    let strict = &mut Options::default();
    strict.strict = true;
    for options in [&Options::default(), &*strict] {
        let said = match dicom::read(text.as_bytes(), options) {
            Err(error) => format!("{error} {error:?}"),
            Ok(read) => {
                let mut said = format!("{} {:?} {:?}", read.loss, read.loss, read.value);
                for study in &read.value {
                    let written = fhir::write(study, Release::R4, options);
                    said += &format!("{:?} {} {}", written.value, written.loss, fhir::outcome(&written.loss, Release::R4));
                    for series in study.series() {
                        said += &format!("{series:?}");
                    }
                }
                said + fhir::outcome(&read.loss, Release::R5).as_str()
            }
        };
        assert!(!said.contains("CANARY"), "{said}");
    }
}

/// Law *joined*: texts read apart, and joined in order, give what reading them one after the other gives.
pub fn joined(sets: &[String], cut: usize) {
    let cut = cut % (sets.len() + 1);
    let texts = [super::generate::document(&sets[..cut]), super::generate::document(&sets[cut..])];
    let options = Options::default();
    let read = |text: &str| {
        let mut reader = dicom::Reader::new(options.clone());
        reader.push(text.as_bytes()).map(|()| reader)
    };
    let together = || {
        let mut reader = dicom::Reader::new(options.clone());
        for text in &texts {
            reader.push(text.as_bytes())?;
            reader.end_document()?;
        }
        reader.finish()
    };
    let apart = || {
        let mut first = read(&texts[0])?;
        // A short text is looked at when more comes, or when it ends: the first error is that of the first text.
        first.end_document()?;
        first.append(read(&texts[1])?)?;
        first.finish()
    };
    same_when_joined(together(), apart(), &options, &format!("{texts:?}"));
}

/// What was read together and what was read apart, and joined, are the same.
pub fn same_when_joined(
    together: Result<Mapped<Vec<Study>>, Error>,
    apart: Result<Mapped<Vec<Study>>, Error>,
    options: &Options,
    context: &str,
) {
    match (together, apart) {
        (Ok(together), Ok(apart)) => {
            let text = |studies: &[Study]| -> Vec<String> {
                studies.iter().map(|study| fhir::write(study, Release::R4, options).ignore_loss().into_string()).collect()
            };
            // As `Reader::append` says: whose rows without a number are depends on what stands of the names.
            let is_left_out = |loss: &Loss| loss.code.name() == "patient-conflict" && loss.count > 0;
            let is_of_who =
                |loss: &Loss| is_difference(loss) && matches!(&*fact_of(&loss.at), "PATIENT_NAME" | "PATIENT_BIRTH" | "PATIENT_SEX");
            let mut all = together.loss.iter().chain(&apart.loss);
            if together.loss.iter().chain(&apart.loss).any(is_left_out) && all.any(is_of_who) {
                return;
            }
            // As `Reader::append` says: the parts of one fact (groups of a name, code and meaning) fill each other in the order of rows. What was filled
            // inside of one text stands or falls as one.
            let filled = |loss: &&Loss| is_difference(loss) && rows().any(|row| is_at(row, &loss.at) && has_parts(row));
            let mixed = facts_at(together.loss.iter().chain(&apart.loss).filter(filled).map(|loss| loss.at));
            if mixed.is_empty() {
                assert_eq!(text(&together.value), text(&apart.value), "{context}");
            }
            assert_eq!(together.value.len(), apart.value.len(), "{context}");
            for (one, two) in together.value.iter().zip(&apart.value) {
                assert_same(one, two, &mixed, true, options, context);
            }
            // A value that was mended and contradicts another is counted as either: the other is told without a count. Notes may differ.
            // As `Reader::append` says: what a further row of its own text dates is held against the other as dated.
            let offset = |loss: &Loss| is_difference(loss) && loss.at.to_string() == "/00080201";
            let is_time = |at: &Place| matches!(at.steps().next(), Some(Step::Tag(tag)) if rows().flat_map(Row::parts).any(|part| part.tag() == tag && part.vr() == Vr::Tm));
            // Where a time or what dates it differs, what is said of the other attribute of the fact stands or falls with it: its date, too.
            let mut all = together.loss.iter().chain(&apart.loss);
            let is_dated = all.any(|loss| offset(loss) || is_difference(loss) && is_time(&loss.at));
            let told = |report: &LossReport| {
                let is_date = |at: &Place| is_dated && rows().any(|row| is_at(row, at) && is_of_two(row));
                let dated = |loss: &Loss| is_difference(loss) && (is_time(&loss.at) || is_date(&loss.at));
                let lost = report.iter().filter(|loss| !loss.code.is_carried() && !offset(loss) && !dated(loss));
                // What contradicts the first of its own text is told, though it may agree with the first of all: leaves differ, the fact does not.
                let place = |loss: &Loss| if is_difference(loss) { fact_of(&loss.at) } else { loss.at.to_string() };
                let told: BTreeSet<String> = lost.map(|loss| format!("{} {}", loss.code, place(loss))).collect();
                (told, report.carried() + report.counted())
            };
            assert_eq!(told(&together.loss), told(&apart.loss), "{context}");
        }
        (Err(together), Err(apart)) => assert_eq!(together.code(), apart.code(), "{context}"),
        (together, apart) => panic!("together {:?}, apart {:?}: {context}", together.map(|_| ()), apart.map(|_| ())),
    }
}

/// Whether a fact is a time of one attribute or else of another, which one offset dates.
fn is_of_two(row: &Row) -> bool {
    let has = |vr: Vr| row.parts().iter().filter(|part| part.vr() == vr).count();
    has(Vr::Da) > 1 && has(Vr::Tm) > 1
}

/// Whether a place is one of a row's.
fn is_at(row: &Row, at: &Place) -> bool {
    let Some(Step::Tag(tag)) = at.steps().next() else { return false };
    row.parts().iter().any(|part| part.sequence().unwrap_or(part.tag()) == tag)
}

/// Whether a fact has several parts.
fn has_parts(row: &Row) -> bool {
    row.parts().len() > 1 || row.parts().iter().any(|part| part.vr() == Vr::Pn || !part.items().is_empty())
}

/// The leaves of a text, counted without the crate: scalars that say something, except under a member named `vr`. None: the oracle has no number
/// that is as large.
pub fn leaves(text: &str) -> Option<u64> {
    leaves_of(text, true)
}

/// As [`leaves`]; whether members named `vr` are left out. Several values may follow each other.
pub fn leaves_of(text: &str, dicom: bool) -> Option<u64> {
    // A byte order mark is no JSON, and is let pass at the start (RFC 8259 8.1).
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    let mut count = 0;
    while deserializer.end().is_err() {
        match (&mut deserializer).deserialize_any(Counter { vr: false, dicom }) {
            Err(error) if error.to_string().contains("number out of range") => return None,
            counted => count += counted.expect("the oracle reads what we read"),
        }
    }
    Some(count)
}

#[derive(Clone, Copy)]
struct Counter {
    vr: bool,
    dicom: bool,
}

impl<'de> serde::de::DeserializeSeed<'de> for Counter {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counter {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<u64, E> {
        Ok(u64::from(!self.vr))
    }

    fn visit_i64<E>(self, _: i64) -> Result<u64, E> {
        Ok(u64::from(!self.vr))
    }

    fn visit_u64<E>(self, _: u64) -> Result<u64, E> {
        Ok(u64::from(!self.vr))
    }

    fn visit_f64<E>(self, _: f64) -> Result<u64, E> {
        Ok(u64::from(!self.vr))
    }

    fn visit_str<E>(self, text: &str) -> Result<u64, E> {
        let says = text.chars().any(|c| !c.is_whitespace() && !c.is_control());
        Ok(u64::from(says && !self.vr))
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while let Some(n) = items.next_element_seed(self)? {
            count += n;
        }
        Ok(count)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while let Some(name) = members.next_key::<String>()? {
            // With the feature `arbitrary_precision` a number comes as the text of a member of this name.
            let vr = if name == "$serde_json::private::Number" { self.vr } else { self.dicom && name == "vr" };
            count += members.next_value_seed(Counter { vr, ..self })?;
        }
        Ok(count)
    }
}
