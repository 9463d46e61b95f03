//! Writing a record as DICOM JSON: conformant Annex F only, whatever the record was read from.

use super::attributes::{Attributes, Value};
use crate::json::text::{Json, Writer};
use crate::loss::{Code, Loss, LossReport, Mapped, Place};
use crate::options::Options;
use crate::study::{Instance, Series, Study};
use crate::table::{Level, Row, RowRef, Vr, home_part, is_query_only, required, row, rows_of};
use crate::value::{FIELDS, Fields, Items};
use alloc::string::String;
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

/// Writes a study as an array of data sets: upper-case tags in order, `vr` first, every value in its JSON type, names as objects.
///
/// QIDO-RS rows hold the keys that PS3.18 requires of their level, empty where nothing is known. Values that the VR cannot hold are lost
/// and reported; the offset from UTC is one for each data set.
///
/// ```
/// use fhir_dicomweb::{Options, dicom};
/// let study = &dicom::read(br#"{"0020000d":{"Value":["1.2.3"]},"00100010":{"Value":["Doe^John"]}}"#, &Options::default())?.ignore_loss()[0];
/// let written = dicom::write(study, dicom::Rows::Metadata, &Options::default());
/// assert_eq!(written.value.as_str(), "[]");
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
    let mut walk = Walk { w: Writer::new(out), options, rows, loss: LossReport::default(), row: 0 };
    walk.w.open_array();
    match rows {
        Rows::Study => walk.data_set(study, None, None),
        Rows::Series => study.series().for_each(|series| walk.data_set(study, Some(series), None)),
        Rows::Instances | Rows::Metadata => {
            for series in study.series() {
                series.instances().for_each(|instance| walk.data_set(study, Some(series), Some(instance)));
            }
        }
    }
    walk.w.close_array();
    walk.loss
}

struct Walk<'a, 'o> {
    w: Writer<'o>,
    options: &'a Options,
    rows: Rows,
    loss: LossReport,
    row: u64,
}

impl<'a> Walk<'a, '_> {
    fn data_set(&mut self, study: &'a Study, series: Option<Series<'a>>, instance: Option<Instance<'a>>) {
        let mut set = Attributes::default();
        for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
            for (index, row) in rows_of(level).iter().enumerate() {
                let row_ref = RowRef { level, index: index as u8 };
                let items = match level {
                    Level::Patient | Level::Study => study.items(row_ref),
                    Level::Series => series.and_then(|series| series.items(row_ref)),
                    Level::Instance => instance.and_then(|instance| instance.items(row_ref)),
                };
                if let Some(items) = items {
                    self.fact(&mut set, row_ref, row, items);
                }
            }
        }
        self.modalities(&mut set, study);
        self.offsets(&mut set, study, series);
        self.url(&mut set, study, series, instance);
        if self.rows == Rows::Metadata {
            set.retain(|tag| !is_query_only(tag));
        } else {
            let level = match (series, instance) {
                (None, _) => Level::Study,
                (Some(_), None) => Level::Series,
                (Some(_), Some(_)) => Level::Instance,
            };
            required(level).for_each(|(tag, vr)| set.require(tag, vr));
        }
        set.write(&mut self.w);
        self.row += 1;
    }

    /// The attributes of a fact.
    fn fact(&mut self, set: &mut Attributes, row_ref: RowRef, row: &'static Row, items: Items<'a>) {
        let of_study_only = row_ref == row::AVAILABILITY.into() && self.rows != Rows::Study;
        if row_ref == row::MODALITIES.into() || row_ref == row::RETRIEVE_URL.into() || of_study_only {
            return;
        }
        let items: Vec<Fields<'a>> = items.collect();
        for loss in set.add(row, &items) {
            let (path, len) = row.tags_of(loss);
            self.lose(Code::TooLong, path.get(..len).unwrap_or_default());
        }
    }

    fn lose(&mut self, code: Code, path: &[u32]) {
        self.loss.add(Loss { code, at: Place::of_tags(path), first: self.row, count: 1 });
    }

    /// ModalitiesInStudy is what the series have, and what only the study says.
    fn modalities(&mut self, set: &mut Attributes, study: &Study) {
        let mut codes: Vec<&str> = Vec::new();
        let of_series = study.series().filter_map(|series| series.get(row::SERIES_MODALITY));
        for code in of_series.chain(study.all(row::MODALITIES)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        if let Some(row) = RowRef::from(row::MODALITIES).row().filter(|_| !codes.is_empty()) {
            let items: Vec<Fields<'_>> = codes
                .into_iter()
                .map(|code| {
                    let mut item = [""; FIELDS];
                    item.iter_mut().take(1).for_each(|first| *first = code);
                    item
                })
                .collect();
            let _ = set.add(row, &items);
        }
    }

    /// One offset dates all times of a data set: it is written where every time has it, else none is.
    fn offsets(&mut self, set: &mut Attributes, study: &'a Study, series: Option<Series<'a>>) {
        let own = study.get(row::STARTED).filter(|started| !started.time.is_empty());
        let part = series.and_then(|series| series.get(row::SERIES_STARTED)).filter(|started| !started.time.is_empty());
        let offsets: Vec<&str> = own.into_iter().chain(part).map(|started| started.offset).collect();
        let Some((tag, vr)) = home_part(row::STARTED.into(), 2) else { return };
        let agreed = offsets.first().copied().filter(|first| offsets.iter().all(|offset| offset == first) && !first.is_empty());
        match agreed {
            Some(offset) => set.put(tag, vr, Value::text(offset)),
            None => offsets.iter().filter(|offset| !offset.is_empty()).for_each(|_| self.lose(Code::OffsetUnused, &[tag])),
        }
    }

    /// RetrieveURL: of a study the record's own, else made from the caller's base.
    fn url(&mut self, set: &mut Attributes, study: &'a Study, series: Option<Series<'a>>, instance: Option<Instance<'a>>) {
        let Some((tag, vr)) = home_part(row::RETRIEVE_URL.into(), 0) else { return };
        let own = study.get(row::RETRIEVE_URL).filter(|_| series.is_none());
        let base = self.options.endpoint_base.as_deref().map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty());
        let made = base.zip(study.get(row::STUDY_UID)).map(|(base, uid)| {
            let mut url: String = [base, "/studies/", uid].concat();
            let of_series = series.and_then(|series| series.get(row::SERIES_UID));
            let of_instance = instance.and_then(|instance| instance.get(row::INSTANCE_UID));
            for (name, uid) in [("/series/", of_series), ("/instances/", of_instance)] {
                if let Some(uid) = uid {
                    url.push_str(name);
                    url.push_str(uid);
                }
            }
            url
        });
        if let Some(url) = own.or(made.as_deref()) {
            set.put(tag, vr, Value::text(url));
        }
    }
}

/// Whether a value of the VR can hold the text (PS3.5 Table 6.2-1): its length, and no backslash where that divides values.
pub(super) fn holds(vr: Vr, text: &str) -> bool {
    let (limit, divides) = match vr {
        Vr::Cs | Vr::Sh | Vr::Offset => (16, true),
        Vr::Lo | Vr::Pn | Vr::Ui => (64, true),
        Vr::St => (1024, false),
        Vr::Da => (8, true),
        Vr::Tm => (14, true),
        Vr::Is => (12, true),
        Vr::Sq | Vr::Uc | Vr::Ur | Vr::Ut => (usize::MAX, false),
    };
    text.chars().count() <= limit && !(divides && text.contains('\\'))
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
    fn the_callers_base_makes_urls() {
        let options = Options { endpoint_base: Some("https://h/dicom-web/".into()), ..Options::default() };
        let series = study(r#""0020000E":{"vr":"UI","Value":["1.2.3.1"]}"#);
        let url = r#""00081190":{"vr":"UR","Value":["https://h/dicom-web/studies/1.2.3/series/1.2.3.1"]}"#;
        assert!(write(&series, Rows::Series, &options).value.as_str().contains(url));
        assert!(!write(&series, Rows::Metadata, &options).value.as_str().contains("00081190"));
    }
}
