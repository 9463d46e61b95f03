//! Writing a record as DICOM JSON: conformant Annex F only, whatever the record was read from.

use super::account::Account;
use super::attributes::{Attributes, Value};
use super::offset::{Offsets, dated};
use super::select::Select;
use crate::fhir::place;
use crate::json::text::{Json, Writer};
use crate::kind::Draft;
use crate::loss::{Code, LossReport, Mapped};
use crate::options::Options;
use crate::study::{Instance, Series, Study};
use crate::table::{Level, Part, Row, RowRef, Vr, home_part, is_query_only, required, row, rows_of};
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
/// those above. Values that the VR cannot hold are lost and reported; the offset from UTC is one for each data set, and times in another are
/// re-expressed in it.
///
/// The report counts every field of the record once: what rows of other levels would hold is `not-listed`.
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
    let mut walk = Walk { w: Writer::new(out), options, select, rows, account: Account::default() };
    walk.w.open_array();
    // Everything is accounted for in the first data set that holds it.
    let mut first = true;
    if rows == Rows::Study {
        walk.data_set(study, None, None, [true, false]);
        first = false;
    }
    for series in study.series() {
        let mut first_of_series = true;
        if rows == Rows::Series {
            walk.data_set(study, Some(series), None, [first, true]);
            (first, first_of_series) = (false, false);
        }
        for instance in series.instances() {
            if rows.level() == Level::Instance {
                walk.data_set(study, Some(series), Some(instance), [first, first_of_series]);
                (first, first_of_series) = (false, false);
            } else {
                walk.account.unlisted(Level::Instance, |row| instance.items(row));
            }
        }
        if first_of_series {
            walk.account.unlisted(Level::Series, |row| series.items(row));
        }
    }
    if first {
        walk.account.unlisted(Level::Patient, |row| study.items(row));
        walk.account.unlisted(Level::Study, |row| study.items(row));
    }
    walk.w.close_array();
    walk.account.loss
}

struct Walk<'a, 'o> {
    w: Writer<'o>,
    options: &'a Options,
    select: &'o Select,
    rows: Rows,
    account: Account,
}

impl<'a> Walk<'a, '_> {
    /// One data set; whether what it says of the study, and of the series, is new.
    fn data_set(&mut self, study: &'a Study, series: Option<Series<'a>>, instance: Option<Instance<'a>>, new: [bool; 2]) {
        let mut set = Attributes::default();
        let offsets = Offsets::of(study, series);
        let [of_study, of_series] = new;
        for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
            let new = match level {
                Level::Patient | Level::Study => of_study,
                Level::Series => of_series,
                Level::Instance => true,
            };
            for (index, row) in rows_of(level).iter().enumerate() {
                let row_ref = RowRef { level, index: index as u8 };
                let items = match level {
                    Level::Patient | Level::Study => study.items(row_ref),
                    Level::Series => series.and_then(|series| series.items(row_ref)),
                    Level::Instance => instance.and_then(|instance| instance.items(row_ref)),
                };
                let Some(items) = items else { continue };
                if row_ref == row::SERIES_STARTED.into() {
                    let items = offsets.expressed(items);
                    self.fact(&mut set, row_ref, row, items.iter().map(|item| item.each_ref().map(String::as_str)).collect(), new);
                } else if row_ref == row::RETRIEVE_URL.into() {
                    self.retrieve(items, new);
                } else {
                    self.fact(&mut set, row_ref, row, items.collect(), new);
                }
            }
        }
        self.modalities(&mut set, study);
        if let Some((tag, vr)) = home_part(row::STARTED.into(), 2).filter(|(tag, _)| self.select.holds(self.rows.level(), *tag)) {
            if let Some(offset) = offsets.written() {
                set.put(tag, vr, Value::text(offset));
            }
        }
        offsets.tell(&mut self.account, new);
        self.url(&mut set, study, series, instance);
        if self.rows != Rows::Metadata {
            required(self.rows.level()).for_each(|(tag, vr)| set.require(tag, vr));
        }
        set.write(&mut self.w);
        self.account.next_row();
    }

    /// Why a part of a fact is not written in these rows, if it is not.
    fn left_out(&self, part: &Part) -> Option<Code> {
        let tag = part.within.unwrap_or(part.tag);
        let above = part.from.is_some_and(|from| from > self.rows.level());
        if above || self.rows == Rows::Metadata && is_query_only(tag) {
            Some(Code::NotListed)
        } else if !self.select.holds(self.rows.level(), tag) {
            Some(Code::NotSelected)
        } else {
            None
        }
    }

    /// The attributes of a fact.
    fn fact(&mut self, set: &mut Attributes, row_ref: RowRef, row: &'static Row, items: Vec<Fields<'_>>, new: bool) {
        let of_study_only = row_ref == row::AVAILABILITY.into() && self.rows != Rows::Study;
        let mut lost = Vec::new();
        if row_ref == row::MODALITIES.into() {
            // They join those of the series.
            let whole = |item: &Fields<'_>| row.parts.iter().all(|part| item.first().is_some_and(|code| holds(part.vr, code)));
            lost.extend(items.iter().enumerate().filter(|(_, item)| !whole(item)).map(|(n, _)| (n, 0, Code::TooLong)));
        } else if !of_study_only {
            lost = self.add(set, row, &items);
        }
        if !new {
            return;
        }
        for (n, item) in items.iter().enumerate() {
            for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let code = match row.top_of(field, item) {
                    // A mark tells which part it is, and is carried with it.
                    None => None,
                    Some(part) if matches!(part.vr, Vr::Offset) && dated(*item).is_some() => continue,
                    Some(part) if matches!(part.vr, Vr::Offset) => Some(Code::OffsetUnused),
                    Some(_) if of_study_only => Some(Code::NotListed),
                    Some(part) => {
                        self.left_out(part).or(lost.iter().find(|(at, of, _)| (*at, *of) == (n, field)).map(|(_, _, code)| *code))
                    }
                };
                self.account.field(row, field, item, code);
            }
        }
    }

    /// Adds the attributes of a fact; the fields that are lost, with what is of no use without them: item, field, why.
    fn add(&self, set: &mut Attributes, row: &'static Row, items: &[Fields<'_>]) -> Vec<(usize, usize, Code)> {
        let parts = || row.parts.iter().filter(|part| !matches!(part.vr, Vr::Offset) && self.left_out(part).is_none());
        let (mut trial, mut too_long) = (Attributes::default(), Vec::new());
        parts().for_each(|part| trial.add(row, part, items, &mut too_long));
        let mut lost: Vec<(usize, usize, Code)> = too_long.into_iter().map(|(item, field)| (item, field, Code::TooLong)).collect();
        if lost.is_empty() {
            parts().for_each(|part| set.add(row, part, items, &mut Vec::new()));
            return lost;
        }
        let mut texts = Vec::with_capacity(items.len());
        for (n, item) in items.iter().enumerate() {
            let (mut text, mut spans) = (String::new(), Vec::new());
            for (field, value) in item.iter().enumerate() {
                let gone = lost.iter().any(|(at, of, _)| (*at, *of) == (n, field));
                let start = text.len();
                text.push_str(if gone { "" } else { value });
                spans.push((field, start, text.len()));
            }
            let mut draft = Draft::new(&mut text);
            spans.into_iter().for_each(|(field, start, end)| draft.put(field, start, end));
            (row.kind.canon)(&mut draft);
            let refused = draft.told.marks.iter().enumerate().filter_map(|(field, mark)| mark.map(|code| (n, field, code)));
            lost.extend(refused.filter(|(_, _, code)| !code.is_carried()));
            let spans = draft.spans();
            texts.push((text, spans));
        }
        let kept: Vec<Fields<'_>> =
            texts.iter().map(|(text, spans)| spans.map(|(start, end)| text.get(start..end).unwrap_or(""))).collect();
        parts().for_each(|part| set.add(row, part, &kept, &mut Vec::new()));
        lost
    }

    /// ModalitiesInStudy is what the series have, and what only the study says.
    fn modalities(&self, set: &mut Attributes, study: &Study) {
        let mut codes: Vec<&str> = Vec::new();
        let of_series = study.series().filter_map(|series| series.get(row::SERIES_MODALITY));
        for code in of_series.chain(study.all(row::MODALITIES)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let Some(row) = RowRef::from(row::MODALITIES).row().filter(|_| !codes.is_empty()) else { return };
        let items: Vec<Fields<'_>> = codes
            .into_iter()
            .map(|code| {
                let mut item = [""; FIELDS];
                item.iter_mut().take(1).for_each(|first| *first = code);
                item
            })
            .collect();
        for part in row.parts.iter().filter(|part| self.left_out(part).is_none()) {
            set.add(row, part, &items, &mut Vec::new());
        }
    }

    /// What becomes of the study's own URL; rows below have theirs made from it.
    fn retrieve(&mut self, items: Items<'a>, new: bool) {
        let Some(row) = RowRef::from(row::RETRIEVE_URL).row().filter(|_| new) else { return };
        for item in items {
            for (field, _) in item.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                let code = if field == 0 { row.parts.first().and_then(|part| self.left_out(part)) } else { Some(Code::BadUrl) };
                self.account.field(row, 0, &item, code);
            }
        }
    }

    /// RetrieveURL: the record's own, and what is made from it, else made from the caller's base.
    fn url(&mut self, set: &mut Attributes, study: &'a Study, series: Option<Series<'a>>, instance: Option<Instance<'a>>) {
        let part = RowRef::from(row::RETRIEVE_URL).row().and_then(|row| row.parts.first());
        let Some(part) = part.filter(|part| self.left_out(part).is_none()) else { return };
        let own = study.get(row::RETRIEVE_URL).map(|retrieve| retrieve.url).filter(|url| !url.is_empty());
        let base = self.options.endpoint_base.as_deref().map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty());
        let made = || Some([base?, "/studies/", study.get(row::STUDY_UID)?].concat());
        let url = match own {
            // Only a URL of this study has URLs of its series below it.
            Some(url) if series.is_none() || place::base_of(study, url).is_some() => Some(String::from(url)),
            _ => made(),
        };
        let Some(mut url) = url else { return };
        let of_series = series.and_then(|series| series.get(row::SERIES_UID));
        let of_instance = instance.and_then(|instance| instance.get(row::INSTANCE_UID));
        for (name, uid) in [("/series/", of_series), ("/instances/", of_instance)] {
            if let Some(uid) = uid {
                url.push_str(name);
                url.push_str(uid);
            }
        }
        set.put(part.tag, part.vr.name(), Value::text(&url));
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
