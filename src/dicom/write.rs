//! Writing a record as DICOM JSON: conformant Annex F only, whatever the record was read from.

use super::offset::Offsets;
use super::select::Select;
use super::short;
use super::usual::Usual;
use super::walk::Walk;
use crate::json::text::Json;
use crate::loss::{Code, LossReport, Mapped};
use crate::options::Options;
use crate::study::Study;
use crate::table::Level;
use alloc::vec::Vec;

/// Which data sets a study is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rows {
    /// The study row that QIDO-RS answers (PS3.18 10.6.3.3.1).
    Study,
    /// A row for each series, with the study's attributes.
    Series,
    /// A row for each instance, with the study's and the series' attributes.
    Instances,
    /// WADO-RS metadata: a data set for each instance, without the attributes that exist in queries only.
    Metadata,
}

impl Rows {
    /// The level that the rows are about.
    pub(super) const fn level(self) -> Level {
        match self {
            Rows::Study => Level::Study,
            Rows::Series => Level::Series,
            Rows::Instances | Rows::Metadata => Level::Instance,
        }
    }
}

/// Writes a study as an array of data sets: upper-case tags in order, `vr` first, every value in its JSON type, names as objects.
///
/// QIDO-RS rows hold the keys that PS3.18 requires of their level, empty where nothing is known, and whatever else is known of that level and
/// those above. Values that are too long for the VR, or have the sign that divides its values, are lost and reported; the offset from UTC is one for each data set, and times in another are
/// re-expressed in it.
///
/// The report counts every field of the record once: what rows of other levels would hold is `not-listed`. Every row repeats what is known of
/// the levels above it; behind `options.limits.output_bytes` no further row is begun, and what it would hold is `limit-output-bytes`.
///
/// ```
/// use fhir_dicomweb::{Options, dicom};
/// let study = &dicom::read(br#"{"0020000d":{"Value":["1.2.3"]},"00100010":{"Value":["Doe^John"]}}"#, &Options::default())?.ignore_loss()[0];
/// let written = dicom::write(study, dicom::Rows::Metadata, &Options::default());
/// assert_eq!(written.value.as_str(), "[]");
/// assert_eq!(written.loss.counted(), 2);
/// let written = dicom::write(study, dicom::Rows::Study, &Options::default());
/// assert!(written.value.as_str().contains(r#""00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^John"}]}"#));
/// # Ok::<(), fhir_dicomweb::Error>(())
/// ```
pub fn write(study: &Study, rows: Rows, options: &Options) -> Mapped<Json> {
    let mut out = Vec::new();
    let loss = write_into(study, rows, options, &mut out);
    Mapped { value: Json::from_bytes(out), loss }
}

/// As [`write()`], appended to `out`.
pub fn write_into(study: &Study, rows: Rows, options: &Options, out: &mut Vec<u8>) -> LossReport {
    write_with(study, rows, &Select::all(), options, out)
}

/// As [`write_into`], with the attributes of `select` only; what it leaves out is `not-selected`.
pub fn write_with(study: &Study, rows: Rows, select: &Select, options: &Options, out: &mut Vec<u8>) -> LossReport {
    if rows == Rows::Study && select.is_all() && !study.is_patient_conflict() {
        out.push(b'[');
        if let Some(leaves) = short::study(study, options, out) {
            out.push(b']');
            let mut loss = LossReport::default();
            loss.carry(leaves);
            return loss;
        }
        out.pop();
    }
    long(study, rows, select, options, out)
}

/// As [`write`](fn@write), by the long way alone: for tests, which hold that the short way gives the same.
#[doc(hidden)]
pub fn write_plainly(study: &Study, rows: Rows, options: &Options) -> Mapped<Json> {
    let mut out = Vec::new();
    let loss = long(study, rows, &Select::all(), options, &mut out);
    Mapped { value: Json::from_bytes(out), loss }
}

/// The way that knows all.
fn long(study: &Study, rows: Rows, select: &Select, options: &Options, out: &mut Vec<u8>) -> LossReport {
    let mut walk = Walk::new(study, rows, select, options);
    // Each data set begins with a comma; the first one's becomes the bracket.
    let begin = out.len();
    // Of a long text the rest is not written. What is not of these rows anyway is `not-listed` all the same.
    let is_full = |out: &Vec<u8>| (out.len() - begin) as u64 >= options.limits.output_bytes;
    let mut cut = Code::NotListed;
    // Everything is accounted for in the first data set that holds it.
    let mut first = true;
    if rows == Rows::Study {
        let offsets = Offsets::of(study, None, (select, rows.level()));
        walk.of_study(true);
        walk.data_set(None, &offsets, out);
        walk.end([true, false], &offsets);
        first = false;
    }
    for series in study.series() {
        let mut first_of_series = true;
        let (mut frame, mut usual, mut own_cut) = (None, Usual::default(), Code::NotListed);
        if rows == Rows::Series && is_full(out) {
            own_cut = Code::OutputLimit;
        } else if rows == Rows::Series {
            let offsets = Offsets::of(study, Some(series), (select, rows.level()));
            walk.of_study(first);
            walk.of_series(series, &offsets, true);
            walk.data_set(Some(series), &offsets, out);
            walk.end([first, true], &offsets);
            (first, first_of_series) = (false, false);
        }
        let instances = series.instances();
        let count = instances.len();
        for (n, instance) in instances.enumerate() {
            if rows.level() != Level::Instance {
                walk.account.unlisted(Level::Instance, Code::NotListed, |row| instance.items(row));
            } else if is_full(out) {
                own_cut = Code::OutputLimit;
                walk.account.unlisted(Level::Instance, own_cut, |row| instance.items(row));
            } else {
                // What all instances of a series share is written once, and copied.
                let (offsets, frame) = frame.get_or_insert_with(|| {
                    let offsets = Offsets::of(study, Some(series), (select, rows.level()));
                    walk.of_study(first);
                    walk.of_series(series, &offsets, first_of_series);
                    let frame = walk.frame(series, &offsets);
                    (offsets, frame)
                });
                if first_of_series || !usual.write(&mut walk, instance, count - n, frame, out) {
                    walk.of_instance(instance);
                    walk.instance(frame, out);
                }
                walk.end([first, first_of_series], offsets);
                (first, first_of_series) = (false, false);
            }
        }
        if first_of_series {
            walk.account.unlisted(Level::Series, own_cut, |row| series.items(row));
        }
        if own_cut == Code::OutputLimit {
            cut = own_cut;
        }
    }
    if first {
        walk.account.unlisted(Level::Patient, cut, |row| study.items(row));
        walk.account.unlisted(Level::Study, cut, |row| study.items(row));
    }
    match out.get_mut(begin) {
        Some(comma) => *comma = b'[',
        None => out.push(b'['),
    }
    out.push(b']');
    walk.account.loss
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn study(members: &str) -> Study {
        let text = [r#"{"0020000D":{"vr":"UI","Value":["1.2.3"]},"#, members, "}"].concat();
        crate::dicom::read(text.as_bytes(), &Options::default()).unwrap().ignore_loss().remove(0)
    }

    #[test]
    fn what_the_representation_cannot_hold_is_lost() {
        let long = "x".repeat(17);
        let written = write(&study(&[r#""00080050":{"vr":"SH","Value":[""#, &long, r#""]}"#].concat()), Rows::Study, &Options::default());
        assert!(written.value.as_str().contains(r#""00080050":{"vr":"SH"}"#));
        assert_eq!(written.loss.iter().next().unwrap().to_string().split(':').next().unwrap(), "too-long at /00080050");
    }

    #[test]
    fn a_study_row_has_the_required_keys_in_order() {
        let written = write(&study(r#""00080061":{"vr":"CS","Value":["CT"]}"#), Rows::Study, &Options::default());
        assert_eq!(
            written.value.to_string(),
            r#"[{"00080020":{"vr":"DA"},"00080030":{"vr":"TM"},"00080050":{"vr":"SH"},"00080061":{"vr":"CS","Value":["CT"]},"00080090":{"vr":"PN"},"00100010":{"vr":"PN"},"00100020":{"vr":"LO"},"00100030":{"vr":"DA"},"00100040":{"vr":"CS"},"0020000D":{"vr":"UI","Value":["1.2.3"]},"00200010":{"vr":"SH"},"00201206":{"vr":"IS"},"00201208":{"vr":"IS"}}]"#
        );
    }

    #[test]
    fn a_code_goes_where_its_form_belongs() {
        let code = |member: &str| {
            let study = study(&[r#""00081032":{"vr":"SQ","Value":[{"#, member, "}]}"].concat());
            write(&study, Rows::Study, &Options::default()).value.into_string()
        };
        let long = r#""00080102":{"vr":"SH","Value":["99X"]},"00080119":{"vr":"UC","Value":["12345678901234567"]}"#;
        assert!(code(long).contains(long));
        let urn = r#""00080120":{"vr":"UR","Value":["urn:x:y"]}"#;
        assert!(code(urn).contains(urn));
        let misplaced = r#""00080102":{"vr":"SH","Value":["99X"]},"00080119":{"vr":"UC","Value":["1"]}"#;
        assert!(code(misplaced).contains(r#""00080100":{"vr":"SH","Value":["1"]}"#));
    }

    #[test]
    fn only_the_urls_of_this_study_have_urls_below_them() {
        let text = |url: &str| {
            let set = |more: &str| [r#"{"0020000D":{"vr":"UI","Value":["1.2.3"]},"#, more, "}"].concat();
            let study = set(&[r#""00081190":{"vr":"UR","Value":[""#, url, r#""]}"#].concat());
            let series = set(r#""0020000E":{"vr":"UI","Value":["1.2.3.1"]}"#);
            let read = crate::dicom::read(["[", &study, ",", &series, "]"].concat().as_bytes(), &Options::default())
                .unwrap()
                .ignore_loss()
                .remove(0);
            write(&read, Rows::Series, &Options::default()).ignore_loss().into_string()
        };
        assert!(text("https://h/d/studies/1.2.3").contains("https://h/d/studies/1.2.3/series/1.2.3.1"));
        assert!(!text("https://h/d/studies/1.2.4").contains("00081190"));
    }

    #[test]
    fn the_callers_base_makes_urls() {
        let options = Options { endpoint_base: Some("https://h/dicom-web/".into()), ..Options::default() };
        let series = study(r#""0020000E":{"vr":"UI","Value":["1.2.3.1"]}"#);
        let url = r#""00081190":{"vr":"UR","Value":["https://h/dicom-web/studies/1.2.3/series/1.2.3.1"]}"#;
        assert!(write(&series, Rows::Series, &options).value.as_str().contains(url));
        assert!(!write(&series, Rows::Metadata, &options).value.as_str().contains("00081190"));
    }
}
