//! The laws of the fast paths: what is read by them, and what is written by plan and memo, is what the general path gives.

use super::generate::{Choices, options};
use super::laws::same_when_joined;
use super::repeat::{Repeats, loosened, repeats};
use fhir_dicomweb::search::{self, Handling, Residual};
use fhir_dicomweb::url::Resource;
use fhir_dicomweb::{Error, Instance, Loss, LossReport, Mapped, Options, Release, Series, Study, dicom, fhir, row};
use serde_json::Value;
use std::sync::OnceLock;

const ROWS: [dicom::Rows; 4] = [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances, dicom::Rows::Metadata];

pub(super) type Read = Result<Mapped<Vec<Study>>, Error>;

/// What reading gave, and the losses that were heard meanwhile.
struct Heard {
    read: Read,
    losses: Vec<Loss>,
}

fn fast(text: &[u8], options: &Options) -> Heard {
    let mut losses = Vec::new();
    let read = dicom::read_with(text, options, &mut |loss| losses.push(*loss));
    Heard { read, losses }
}

fn plain(text: &[u8], options: &Options) -> Heard {
    let mut losses = Vec::new();
    let read = dicom::read_plainly(text, options, &mut |loss| losses.push(*loss));
    Heard { read, losses }
}

/// *Fast-path*: whoever reads a text by the fast paths sees what the general path gives: result or error with its offset, report, every loss.
pub fn fast_path(text: &[u8], options: &Options) {
    let (one, two) = (plain(text, options), fast(text, options));
    assert_eq!(one.losses, two.losses, "heard, of {}", shown(text));
    same_read(&one.read, &two.read, text, true);
    // Without a listener losses are counted in batches.
    same_read(&one.read, &dicom::read(text, options), text, false);
}

/// The same in chunks.
pub fn fast_in_chunks(text: &[u8], options: &Options, chunk: usize) {
    let chunked = || {
        let mut reader = dicom::Reader::new(options.clone());
        for part in text.chunks(chunk.max(1)) {
            reader.push(part)?;
        }
        reader.finish()
    };
    let chunked = chunked();
    if options.limits.input_bytes < text.len() as u64 {
        // How long a text is shows before it is read, in chunks only when it was.
        assert!(chunked.is_err(), "{}", shown(text));
        return;
    }
    let one = plain(text, options);
    same_read(&one.read, &chunked, text, false);
}

/// The same where reading ends early: strict, with bounds that are small.
pub fn fast_to_a_limit(text: &[u8], options: &Options, c: &mut Choices<'_>) {
    let options = limited(c, text.len(), options.clone());
    fast_path(text, &options);
    fast_in_chunks(text, &options, 1 + c.below(200));
}

/// Options by which reading ends early.
pub fn limited(c: &mut Choices<'_>, length: usize, mut options: Options) -> Options {
    let few = 1 + c.below(12) as u32;
    match c.below(6) {
        0 => options.strict = true,
        1 => options.limits.instances = few,
        2 => options.limits.studies = few.min(4),
        3 => options.limits.series = few.min(3),
        4 => options.limits.depth = few,
        _ => options.limits.input_bytes = (length - c.below(3).min(length)) as u64,
    }
    options
}

/// The same for rows that do not repeat the UIDs of their path. The slow side is told the path anew before each row, and has white space where
/// no fast path expects any, and other than in the row before.
pub fn fast_within(rows: &[String], options: &Options, c: &mut Choices<'_>) {
    let paths = [
        Resource::of_study("1.2.1").unwrap(),
        Resource::of_study("1.2.2").unwrap(),
        Resource::of_study("1.2.1").unwrap().and_series("1.2.1.1").unwrap(),
        Resource::of_study("1.2.1").unwrap().and_series("1.2.1.2").unwrap(),
    ];
    let (first, second, cut) = (c.pick(&[0, 2, 1, 3]), c.pick(&[3, 0, 1, 2]), c.below(rows.len() + 1));
    // Rows that leave their UIDs to the path.
    let left_out: &[&str] = c.pick(&[&["0020000D"][..], &["0020000D", "0020000E"], &[], &["0020000E"]]);
    let without = |row: &String| {
        let uid = |tag: &&str| format!("\"{tag}\":{{\"vr\":\"UI\",\"Value\":[\"1.2.1{}\"]}},", if *tag == "0020000E" { ".1" } else { "" });
        left_out.iter().map(uid).fold(row.clone(), |row, uid| row.replace(&uid, ""))
    };
    let rows: Vec<String> = rows.iter().map(without).collect();
    let path = |n: usize| &paths[if n < cut { first } else { second }];
    let slow = || {
        let mut reader = dicom::Reader::new(options.clone());
        for (n, row) in rows.iter().enumerate() {
            reader.push(if n == 0 { b"[" } else { b"," })?;
            reader.within(path(n)).unwrap();
            reader.push(loosened(row, 1 + n % 2).as_bytes())?;
        }
        reader.push(b"]")?;
        reader.finish()
    };
    let quick = || {
        let mut reader = dicom::Reader::new(options.clone());
        for (n, row) in rows.iter().enumerate() {
            reader.push(if n == 0 { b"[" } else { b"," })?;
            if n == 0 || n == cut {
                reader.within(path(n)).unwrap();
            }
            reader.push(row.as_bytes())?;
        }
        reader.push(b"]")?;
        reader.finish()
    };
    let (slow, quick) = (slow(), quick());
    if let (Err(slow), Err(quick)) = (&slow, &quick) {
        // One side is longer.
        assert_eq!(slow.code(), quick.code(), "{rows:?}");
        return;
    }
    same_read(&slow, &quick, format!("within {} and from {cut} {}: {rows:#?}", path(0).path(), paths[second].path()).as_bytes(), true);
}

/// The same of two texts that one reader takes, one behind the other: for the general path they are one text.
pub fn fast_in_two_texts(one: &[u8], two: &[u8], options: &Options) {
    let mut reader = dicom::Reader::new(options.clone());
    let mut both = || {
        reader.push(one)?;
        reader.end_document()?;
        reader.push(two)
    };
    let both = both().and_then(|()| reader.finish());
    let text = [one, two].concat();
    // Each text must be of data sets; where both are one text it is enough that some object is.
    let foreign = |read: &Read| read.as_ref().is_err_and(|error| ["error-answer", "other-format"].contains(&error.code()));
    if foreign(&both) || foreign(&plain(one, options).read) {
        let alone = [one, two].map(|text| foreign(&plain(text, options).read));
        assert!(foreign(&both) && alone.contains(&true), "{}", shown(&text));
        return;
    }
    same_read(&plain(&text, options).read, &both, &text, false);
}

/// Law *joined* for every row apart: each is read by its own reader, and all are joined in order. With `run`, runs of so many rows are taken in
/// turns by the reader itself and by readers that join it.
pub fn rows_apart(rows: &[String], options: &Options, run: usize) {
    let mut apart = dicom::Reader::new(options.clone());
    for (n, row) in rows.iter().enumerate() {
        let own = run > 0 && n / run % 2 == 0;
        let mut reader = dicom::Reader::new(options.clone());
        let taker = if own { &mut apart } else { &mut reader };
        // A row that is no text of its own has nothing to be joined.
        if taker.push(format!("[{row}]").as_bytes()).and_then(|()| taker.end_document()).is_err() {
            return;
        }
        if !own && apart.append(reader).is_err() {
            return;
        }
    }
    let (together, apart) = (dicom::read(format!("[{}]", rows.join(",")).as_bytes(), options), apart.finish());
    same_when_joined(together, apart, options, &rows.join("\n"));
}

/// *Writing-many*: what is written for one study among others is what is written for it alone, and so is what is told of it.
pub fn writing_many(studies: &[Study], release: Release, options: &Options) {
    let mut bundle = fhir::BundleWriter::new(release, options);
    let mut told = LossReport::default();
    let mut carried = 0;
    let mut alone = Vec::new();
    for study in studies {
        bundle.push(study);
        // Alone, what belongs into a Bundle is told, because there is none.
        let own = fhir::bundle(core::slice::from_ref(study), release, options).loss;
        carried += own.carried();
        told.merge(&own);
        alone.push(fhir::write(study, release, options).value);
    }
    let written = bundle.finish();
    let text = written.value.as_str();
    let mut rest = text;
    for resource in &alone {
        let entry = format!(",\"resource\":{resource},\"search\":{{\"mode\":\"match\"}}}}");
        let Some(at) = rest.find(&entry) else { panic!("{release}: not in the Bundle:\n{resource}\n{text}") };
        assert!(!rest[..at].contains("\"resource\":"), "{release}: another resource before\n{resource}\n{text}");
        rest = &rest[at + entry.len()..];
    }
    let value: Value = serde_json::from_str(text).expect("what is written is JSON");
    let matches = value["entry"].as_array().into_iter().flatten().filter(|entry| entry["search"]["mode"] == "match").count();
    assert_eq!(matches, studies.len(), "{text}");
    assert_eq!(losses(&written.loss), losses(&told), "{release}: told of many and of each\n{text}");
    assert_eq!(written.loss.carried(), carried, "{release}: carried of many and of each\n{text}");
}

/// *Writing-many* for DICOM JSON.
pub fn writing_many_rows(studies: &[Study], options: &Options) {
    for rows in ROWS {
        let (mut out, mut each) = (Vec::new(), String::new());
        for study in studies {
            let loss = dicom::write_into(study, rows, options, &mut out);
            let alone = dicom::write_plainly(study, rows, options);
            each += alone.value.as_str();
            assert_eq!(loss, alone.loss, "{rows:?}");
        }
        assert_eq!(String::from_utf8_lossy(&out), each, "{rows:?}");
    }
}

/// A document grown from the bytes, and options, under all laws of rows that repeat.
pub fn grown(bytes: &[u8]) {
    let (how, bytes) = bytes.split_at(bytes.len().min(6));
    let c = &mut Choices(bytes);
    let options = if c.rarely(2) { options(c) } else { Options::default() };
    all(&repeats(c), &options, &mut Choices(how));
}

/// All laws of a document of repeating rows: those of one text always, of the others one, as the entropy has it.
pub fn all(repeats: &Repeats, options: &Options, c: &mut Choices<'_>) {
    let Repeats { rows, text, whole } = repeats;
    fast_path(text, options);
    match c.below(7) {
        0 => fast_in_chunks(text, options, 1 + c.below(256)),
        1 | 2 => fast_to_a_limit(text, options, c),
        3 if *whole => fast_within(rows, options, c),
        4 if *whole => {
            // The second text goes on where the first ends, or says the same again.
            let cut = c.below(rows.len() + 1);
            let [one, two] = [&rows[..cut], &rows[c.pick(&[cut, 0])..]].map(|rows| format!("[{}]", rows.join(",")));
            fast_in_two_texts(one.as_bytes(), two.as_bytes(), options);
        }
        5 if *whole => rows_apart(rows, options, c.below(5)),
        _ => {
            let Ok(read) = dicom::read(text, options) else { return };
            // In the same order again, and backwards.
            let mut studies = read.value;
            studies.truncate(6);
            studies.extend(studies.clone());
            studies.extend(studies.clone().into_iter().rev());
            writing_many(&studies, c.pick(&Release::ALL), options);
            writing_many_rows(&studies[..studies.len().min(6)], options);
        }
    }
}

fn losses(report: &LossReport) -> Vec<Loss> {
    report.iter().copied().collect()
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Two results are the same in everything that a caller can see; `every`: in every spelling.
pub fn same_read(one: &Read, two: &Read, text: &[u8], every: bool) {
    match (one, two) {
        (Ok(one), Ok(two)) => {
            assert_eq!(losses(&one.loss), losses(&two.loss), "losses of {}", shown(text));
            assert_eq!((one.loss.carried(), one.loss.counted()), (two.loss.carried(), two.loss.counted()), "carried of {}", shown(text));
            assert_eq!(one.value.len(), two.value.len(), "studies of {}", shown(text));
            for (one, two) in one.value.iter().zip(&two.value) {
                same_study(one, two, text, every);
            }
        }
        (Err(one), Err(two)) => assert_eq!((one.code(), one.offset()), (two.code(), two.offset()), "error of {}", shown(text)),
        (one, two) => {
            panic!("plainly {:?}, otherwise {:?}: {}", one.as_ref().map(|_| ()), two.as_ref().map(|_| ()), shown(text))
        }
    }
}

fn same_study(one: &Study, two: &Study, text: &[u8], every: bool) {
    let options = &Options::default();
    for release in [Release::R4, Release::R5].into_iter().take(if every { 2 } else { 1 }) {
        let [one, two] = [one, two].map(|study| fhir::write(study, release, options));
        assert_eq!(one.value.as_str(), two.value.as_str(), "{release} of {}", shown(text));
        assert_eq!(one.loss, two.loss, "{release} of {}", shown(text));
    }
    assert_eq!(one.leaves(), two.leaves(), "leaves of {}", shown(text));
    assert_eq!(one.is_patient_conflict(), two.is_patient_conflict(), "conflict of {}", shown(text));
    if !every {
        return;
    }
    for rows in ROWS {
        // The short way of writing is held against the long one with it.
        let [one, two] = [dicom::write_plainly(one, rows, options), dicom::write(two, rows, options)];
        assert_eq!(one.value.as_str(), two.value.as_str(), "{rows:?} of {}", shown(text));
        assert_eq!(one.loss, two.loss, "{rows:?} of {}", shown(text));
    }
    assert!(same_facts(one, two), "facts of {}", shown(text));
    // What is known to be absent is seen by who searches.
    for residual in residuals() {
        assert_eq!(residual.judge(one), residual.judge(two), "{residual:?} of {}", shown(text));
    }
}

macro_rules! same {
    ($one:expr, $two:expr, $call:ident: $($row:ident)*) => { $($one.$call(row::$row).into_iter().eq($two.$call(row::$row)))&&* };
}

fn same_facts(one: &Study, two: &Study) -> bool {
    let series = |(one, two): (Series<'_>, Series<'_>)| {
        let instance =
            |(one, two): (Instance<'_>, Instance<'_>)| same!(one, two, get: INSTANCE_UID INSTANCE_CLASS INSTANCE_NUMBER INSTANCE_TITLE);
        same!(one, two, all: SERIES_UID SERIES_NUMBER SERIES_MODALITY SERIES_DESCRIPTION SERIES_INSTANCE_COUNT BODY_SITE LATERALITY SPECIMEN
            SERIES_STARTED PERFORMER OPERATOR DEVICE)
            && one.instances().len() == two.instances().len()
            && one.instances().zip(two.instances()).all(instance)
    };
    same!(one, two, all: PATIENT_ID PATIENT_NAME PATIENT_OTHER_ID PATIENT_RETIRED_ID PATIENT_SEX PATIENT_BIRTH STUDY_UID ACCESSION STUDY_ID
        MODALITIES ENCOUNTER STARTED PLACER FILLER REFERENCED_REQUEST REQUESTS REFERRER INTERPRETER PHYSICIAN_OF_RECORD RETRIEVE_URL
        AVAILABILITY SERIES_COUNT INSTANCE_COUNT PROCEDURE LOCATION REASON DESCRIPTION)
        && same!(one, two, get: STARTED REQUESTS MODALITIES)
        && one.series().len() == two.series().len()
        && one.series().zip(two.series()).all(series)
}

/// Questions whose answer depends on what is known, also to be absent.
fn residuals() -> &'static [Residual] {
    static RESIDUALS: OnceLock<Vec<Residual>> = OnceLock::new();
    RESIDUALS.get_or_init(|| {
        let queries = [
            "started=2031",
            "modality=XA",
            "identifier=q",
            "patient.identifier=urn:q|q",
            "patient.name=q",
            "series=9.9",
            "instance=9.9",
            "dicom-class=9.9",
            "bodysite=q",
            "basedon:identifier=q",
            "referrer.name=q",
            "performer:Practitioner.family=q",
            "interpreter.name=q",
            "encounter:identifier=q",
            "reason:text=q",
        ];
        let options = Options::default();
        let query = |text: &&str| search::parse(text, Release::R4, Handling::Lenient, &options.limits).unwrap();
        queries.iter().map(|text| query(text).residual(&options).unwrap()).filter(|residual| !residual.is_empty()).collect()
    })
}
