//! Every hostile shape at two sizes: eight times as much takes about eight times as long, to read and to write.

use crate::clock::{TIMES, is_linear};
use crate::shapes::{DICOM, EXPANDING, FHIR, Shape};
use fhir_dicomweb::{Error, Mapped, Options, Release, Study, dicom, fhir, url};

type Read = fn(&str, &Options) -> Result<Mapped<Vec<Study>>, Error>;

fn dicom(text: &str, options: &Options) -> Result<Mapped<Vec<Study>>, Error> {
    dicom::read(text.as_bytes(), options)
}

fn in_chunks(text: &str, options: &Options) -> Result<Mapped<Vec<Study>>, Error> {
    let mut reader = dicom::Reader::new(options.clone());
    text.as_bytes().chunks(61).try_for_each(|chunk| reader.push(chunk))?;
    reader.finish()
}

fn fhir(text: &str, options: &Options) -> Result<Mapped<Vec<Study>>, Error> {
    fhir::read(text.as_bytes(), Release::R4, options)
}

fn options() -> Options {
    let mut options = Options::default();
    // Rows repeat what is above them, so what is written may be large whatever was read: that is what this limit is for.
    options.limits.output_bytes = 8 << 20;
    options
}

/// Reads and writes each shape.
fn grow(shapes: &[Shape], parts: usize, read: Read, write: bool) {
    let options = options();
    let mut failed = Vec::new();
    for shape in shapes {
        let texts = [(shape.make)(parts), (shape.make)(parts * TIMES)];
        let text = |large: bool| &texts[usize::from(large)];
        if !is_linear(shape.name, |large| drop(read(text(large), &options))) {
            failed.push(shape.name);
        }
        let [Ok(small), Ok(large)] = [false, true].map(|large| read(text(large), &options)) else { continue };
        let studies = |is_large: bool| if is_large { &large.value } else { &small.value };
        let writing = |is_large: bool| {
            let mut out = Vec::new();
            for study in studies(is_large) {
                for rows in [dicom::Rows::Study, dicom::Rows::Series, dicom::Rows::Instances] {
                    // Beyond the limit all is alike: what counts is how one gets there.
                    out.clear();
                    let _ = dicom::write_into(study, rows, &options, &mut out);
                }
            }
            let _ = fhir::bundle(studies(is_large), Release::R5, &options);
        };
        if write && !is_linear(&format!("{}, written", shape.name), writing) {
            failed.push(shape.name);
        }
    }
    assert!(failed.is_empty(), "more than linear: {failed:?}");
}

const PARTS: usize = 1_000;

#[test]
fn dicom_json() {
    grow(DICOM, PARTS, dicom, true);
}

#[test]
fn dicom_json_in_chunks() {
    grow(DICOM, PARTS / 4, in_chunks, false);
}

#[test]
fn fhir_json() {
    grow(FHIR, PARTS, fhir, true);
    grow(EXPANDING, PARTS / 4, fhir, false);
}

/// Where one step of what would be quadratic is small beside what else is done for a part, more of them are needed to see it.
#[test]
fn small_steps() {
    let names = [
        "endpoints behind procedures",
        "series and a long patient id",
        "equal accession numbers, and UIDs of other studies",
        "references to a long list of literals",
    ];
    let shapes: Vec<Shape> = FHIR.iter().filter(|shape| names.contains(&shape.name)).copied().collect();
    assert_eq!(shapes.len(), names.len());
    grow(&shapes, PARTS * 5, fhir, false);
}

#[test]
fn retrievals() {
    for shape in FHIR.iter().chain(EXPANDING) {
        let texts = [(shape.make)(PARTS / 2), (shape.make)(PARTS / 2 * TIMES)];
        assert!(is_linear(shape.name, |large| drop(url::retrievals(texts[usize::from(large)].as_bytes(), &options()))));
    }
}

/// UIDs whose hashes fall into few places of the table of keys: `src/assemble/keys.rs` has the hash, and a test that their order takes over.
#[test]
fn uids_that_collide() {
    fn hash(text: &str) -> u32 {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut hash = text.len() as u64;
        let mut rest = text.as_bytes();
        while let Some((word, behind)) = rest.split_first_chunk::<8>() {
            hash = (hash.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(ODD);
            rest = behind;
        }
        rest.iter().for_each(|byte| hash = (hash.rotate_left(9) ^ u64::from(*byte)).wrapping_mul(ODD));
        (hash >> 32) as u32
    }
    // Of studies the key has a mark before the UID, of series it is the UID.
    for mark in ["=", ""] {
        let colliding: Vec<String> =
            (0..).map(|n| format!("1.2.{n}")).filter(|uid| hash(&format!("{mark}{uid}")) & 0xFF == 7).take(8 * 250).collect();
        let text = |uids: &[String]| {
            let row = |uid: &String| match mark {
                "" => format!(r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"0020000E":{{"vr":"UI","Value":["{uid}"]}}}}"#),
                _ => format!(r#"{{"0020000D":{{"vr":"UI","Value":["{uid}"]}}}}"#),
            };
            // Each of them twice, the second time in the other order.
            uids.iter().chain(uids.iter().rev()).map(row).collect::<Vec<_>>().join("\n")
        };
        let texts = [text(&colliding[..250]), text(&colliding)];
        assert!(is_linear("colliding UIDs", |large| assert!(dicom(&texts[usize::from(large)], &options()).is_ok())));
    }
}

/// Many readers joined into one, as a facade joins pages.
#[test]
fn many_readers_are_joined() {
    let join = |large: bool| {
        let options = options();
        let mut all = dicom::Reader::new(options.clone());
        for n in 0..if large { 300 * TIMES } else { 300 } {
            let mut page = dicom::Reader::new(options.clone());
            page.push(
                format!(
                    r#"[{{"0020000D":{{"vr":"UI","Value":["1.2.{n}"]}},"7FE{:x}0010":{{}},"00091{:03}":{{"Value":[1]}}}}]"#,
                    n % 16,
                    n % 1000
                )
                .as_bytes(),
            )
            .unwrap();
            all.append(page).unwrap();
        }
        assert!(all.finish().is_ok());
    };
    assert!(is_linear("joined readers", join));
    // And all rows of one study.
    let join = |large: bool| {
        let options = options();
        let mut all = dicom::Reader::new(options.clone());
        for n in 0..if large { 300 * TIMES } else { 300 } {
            let mut page = dicom::Reader::new(options.clone());
            page.push(format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"0020000E":{{"vr":"UI","Value":["1.2.{n}"]}},"00080061":{{"vr":"CS","Value":["M{n}"]}}}}]"#).as_bytes()).unwrap();
            all.append(page).unwrap();
        }
        assert!(all.finish().is_ok());
    };
    assert!(is_linear("joined readers of one study", join));
    // What comes to a long list takes the time of what comes, whether it is a set or one value.
    for (tag, values) in [("00101000", "LO"), ("00081060", "PN")] {
        let value = |n: usize| if values == "PN" { format!(r#"{{"Alphabetic":"A{n}"}}"#) } else { format!(r#""A{n}""#) };
        let text = |values_of: &[String]| {
            format!(r#"[{{"0020000D":{{"vr":"UI","Value":["1.2"]}},"{tag}":{{"vr":"{values}","Value":[{}]}}}}]"#, values_of.join(","))
        };
        let join = |large: bool| {
            let times = if large { TIMES } else { 1 };
            let mut all = dicom::Reader::new(options());
            all.push(text(&(0..5_000 * times).map(value).collect::<Vec<_>>()).as_bytes()).unwrap();
            for n in 0..100 * times {
                let mut page = dicom::Reader::new(options());
                page.push(text(&[value(n * 97)]).as_bytes()).unwrap();
                all.append(page).unwrap();
            }
            assert!(all.finish().is_ok());
        };
        assert!(is_linear(tag, join));
    }
}
