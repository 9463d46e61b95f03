//! `GET ImagingStudy/{id}`: the study of that UID, down to its instances.

use super::answer::Answering;
use super::content::{Asking, Content};
use super::exchange::Exchange;
use super::refusal::Refusal;
use super::{Config, Job, Response};
use crate::options::Options;
use alloc::string::{String, ToString};

/// What stands beside a study of which the archive gave less than it has (RFC 7234 5.5: a persistent warning), as in the answers of archives
/// (PS3.18 10.6.1.2).
const INCOMPLETE: &str = r#"299 - "incomplete: the archive counts or has more of the study than it lists""#;

pub(super) struct Read {
    asking: Asking,
    options: Options,
    answering: Answering,
    uid: String,
    content: Option<Content>,
}

impl Read {
    pub(super) fn new(config: &Config, answering: Answering, uid: &str) -> Read {
        let (asking, options) = (Asking::new(&config.server), config.options.clone());
        Read { asking, options, answering, uid: uid.to_string(), content: None }
    }
}

impl Job for Read {
    fn next(&mut self, exchange: &mut Exchange) -> Result<Option<Response>, Refusal> {
        let Some(mut content) = self.content.take() else {
            let level = self.answering.level();
            self.content = Some(Content::ask(exchange, &self.asking, core::slice::from_ref(&self.uid), level));
            return Ok(None);
        };
        if !content.next(exchange, &self.asking)? {
            self.content = Some(content);
            return Ok(None);
        }
        let held = content.finish(&self.options)?;
        if !held.left.is_empty() {
            return Err(Refusal::too_many_requests());
        }
        let lists_none = |study: &crate::study::Study| held.level >= crate::table::Level::Series && study.series().len() == 0;
        let studies: alloc::vec::Vec<_> = held.studies.value.iter().filter(|study| super::answer::uid(study) == self.uid).collect();
        match studies.as_slice() {
            [_] if held.is_unowned(&self.uid) => {
                Err(Refusal::new(502, "incomplete", "the archive has more rows of the study than it gives, which may name another patient"))
            }
            [] if held.is_cut => Err(Refusal::new(502, "incomplete", "the archive has more studies than it gives")),
            [] => Err(Refusal::of_status(held.gone.get(&self.uid).copied().unwrap_or(404), None)),
            [study] if !study.is_patient_conflict() && lists_none(study) && held.incomplete.contains(&self.uid) => {
                Err(Refusal::new(502, "incomplete", "the archive lists a study, and not its series"))
            }
            [study] if !study.is_patient_conflict() => {
                let mut response = self.answering.resource(study, &held.studies.loss);
                // A resource has no place to tell that something is missing.
                if held.incomplete.contains(&self.uid) {
                    response.headers.push(("Warning", INCOMPLETE.into()));
                }
                Ok(Some(response))
            }
            // Whose images they are cannot be told.
            _ => Err(Refusal::new(409, "conflict", "the archive has this study under more than one patient")),
        }
    }
}
