//! Data sets into text: attributes in the order of their tags. What the instances of a series share is written once.

use super::attributes::{Of, attribute, begin, container, empty, finish, object, one};
use super::offset::Offsets;
use super::walk::Walk;
use super::write::Rows;
use crate::study::Series;
use crate::table::{Level, RowRef, Source, Top, parts_inside, row, tops};
use crate::value::{FIELDS, Fields};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// What the data sets of a series' instances share: pieces of text, between which that stands which is of one instance.
pub(super) struct Frame {
    pub(super) text: Vec<u8>,
    /// Where each piece ends, and the attribute of the instance that follows it.
    pub(super) pieces: Vec<(usize, Option<&'static Top>)>,
    /// The attribute that holds an instance's URL, up to the instance's UID.
    pub(super) url: Option<Vec<u8>>,
}

impl<'a> Walk<'a> {
    /// Writes the data set of a study, or of a series.
    pub(super) fn data_set(&mut self, series: Option<Series<'a>>, offsets: &Offsets<'a>, out: &mut Vec<u8>) {
        out.push(b',');
        let url = self.url(series);
        object(out, |out| {
            for (n, top) in tops().enumerate() {
                if top.source == Source::Url {
                    if let Some(url) = &url {
                        one(out, top.tag, top.part.vr, url);
                    }
                } else {
                    self.once(n, top, offsets, out);
                }
            }
        });
    }

    /// What the data sets of a series' instances share.
    pub(super) fn frame(&mut self, series: Series<'a>, offsets: &Offsets<'a>) -> Frame {
        let url = self.url(Some(series)).map(|url| url + "/instances/");
        let mut frame = Frame { text: Vec::new(), pieces: Vec::new(), url: None };
        for (n, top) in tops().enumerate() {
            if top.row.level == Level::Instance {
                frame.pieces.push((frame.text.len(), Some(top)));
            } else if top.source == Source::Url {
                frame.pieces.push((frame.text.len(), Some(top)));
                frame.url = url.as_deref().map(|url| {
                    let mut attribute = Vec::new();
                    begin(&mut attribute, top.tag, top.part.vr, url);
                    attribute
                });
            } else {
                self.once(n, top, offsets, &mut frame.text);
            }
        }
        frame.pieces.push((frame.text.len(), None));
        frame
    }

    /// Writes the data set of an instance.
    pub(super) fn instance(&self, frame: &Frame, out: &mut Vec<u8>) {
        let uid = self.given(row::INSTANCE_UID.into()).first().and_then(|item| item.first().copied()).unwrap_or("");
        out.push(b',');
        object(out, |out| {
            let mut from = 0;
            for (end, top) in &frame.pieces {
                out.extend_from_slice(frame.text.get(from..*end).unwrap_or_default());
                from = *end;
                match top {
                    Some(top) if top.source == Source::Url => {
                        if let Some(url) = &frame.url {
                            out.extend_from_slice(url);
                            finish(out, uid);
                        }
                    }
                    Some(top) => self.part(top, out),
                    None => {}
                }
            }
        });
    }

    /// As [`Self::top`], where what is the study's is written once and copied: there may be as many series as it has values.
    fn once(&mut self, n: usize, top: &'static Top, offsets: &Offsets<'_>, out: &mut Vec<u8>) {
        let is_of_study = || match top.source {
            Source::Part => top.row.level <= Level::Study,
            Source::Modalities => true,
            Source::Inside => parts_inside(top.tag).all(|own| own.row.level <= Level::Study),
            Source::Offset | Source::Url => false,
        };
        if self.study.series().len() < 2 || !is_of_study() {
            return self.top(top, offsets, out);
        }
        if let Some(Some(text)) = self.shared.get(n) {
            out.extend_from_slice(text);
            return;
        }
        let from = out.len();
        self.top(top, offsets, out);
        self.shared.resize(self.shared.len().max(n), None);
        self.shared.push(out.get(from..).map(<[u8]>::to_vec));
    }

    fn top(&self, top: &'static Top, offsets: &Offsets<'_>, out: &mut Vec<u8>) {
        match top.source {
            // Of most rows there is nothing to write.
            Source::Part if !self.has(top.row) => self.require(top, false, out),
            Source::Offset => {
                if let Some(offset) = offsets.written().filter(|_| self.select.holds(self.rows.level(), top.tag)) {
                    one(out, top.tag, top.part.vr, offset);
                }
            }
            Source::Modalities => self.all_modalities(top, out),
            Source::Inside => self.sequence(top, out),
            Source::Part | Source::Url => self.part(top, out),
        }
    }

    fn of(&self, top: &Top) -> Option<Of> {
        Some(Of { row: top.row.row()?, part: top.part, hold: self.hold })
    }

    fn part(&self, top: &'static Top, out: &mut Vec<u8>) {
        let written =
            self.has(top.row) && self.holds(top.row, top.part) && self.of(top).is_some_and(|of| attribute(out, of, &self.given(top.row)));
        self.require(top, written, out);
    }

    /// The key is there, empty if nothing is known.
    pub(super) fn require(&self, top: &Top, written: bool, out: &mut Vec<u8>) {
        let is_required = self.rows != Rows::Metadata && top.required.is_some_and(|from| from <= self.rows.level());
        if !written && (is_required || self.tells_apart(top)) {
            empty(out, top.tag, top.part.vr);
        }
    }

    /// Whether an empty attribute tells the patient from others of the study: that there is no id, or none who gave it.
    fn tells_apart(&self, top: &Top) -> bool {
        let id = RowRef::from(row::PATIENT_ID);
        if !self.study.is_patient_conflict() || top.row != id || !self.select.holds(self.rows.level(), top.tag) {
            return false;
        }
        match top.part.field {
            0 => true,
            1 => {
                self.study.knows_issuer()
                    && self.study.get(row::PATIENT_ID).is_some_and(|id| id.local.is_empty() && id.universal.is_empty())
            }
            _ => false,
        }
    }

    fn all_modalities(&self, top: &'static Top, out: &mut Vec<u8>) {
        let item = |code| {
            let mut item = [""; FIELDS];
            item.iter_mut().take(1).for_each(|first| *first = code);
            item
        };
        let written = match self.of(top) {
            Some(of) if !self.modalities.is_empty() && self.holds(top.row, top.part) => {
                let items: Vec<Fields<'_>> = self.modalities.iter().copied().map(item).collect();
                attribute(out, of, &items)
            }
            _ => false,
        };
        self.require(top, written, out);
    }

    /// A sequence whose items hold parts of rows.
    fn sequence(&self, top: &'static Top, out: &mut Vec<u8>) {
        let own = parts_inside(top.tag).filter(|own| self.has(own.row) && self.holds(own.row, own.part));
        let parts: Vec<(Of, Cow<'_, [Fields<'_>]>)> = own.filter_map(|own| Some((self.of(own)?, self.given(own.row)))).collect();
        let parts: Vec<_> = parts.iter().map(|(of, items)| (*of, &**items)).collect();
        let written = container(out, top.tag, &parts);
        self.require(top, written, out);
    }

    /// RetrieveURL of the study, or of a series: the record's own, and what is made from it, else made from the caller's base.
    fn url(&self, series: Option<Series<'a>>) -> Option<String> {
        let part = RowRef::from(row::RETRIEVE_URL).row().and_then(|row| row.parts.first());
        part.filter(|part| self.left_out(part).is_none())?;
        let study = self.study;
        let own = study.get(row::RETRIEVE_URL).map(|retrieve| retrieve.url).filter(|url| !url.is_empty());
        let base = self.options.endpoint_base.as_deref().map(|base| base.trim_end_matches('/')).filter(|base| !base.is_empty());
        let mut url = match own {
            // Only a URL of this study has URLs of its series below it.
            Some(url) if series.is_none() || self.is_base => String::from(url),
            _ => [base?, "/studies/", study.get(row::STUDY_UID)?].concat(),
        };
        if let Some(uid) = series.and_then(|series| series.get(row::SERIES_UID)) {
            url.push_str("/series/");
            url.push_str(uid);
        }
        Some(url)
    }
}
