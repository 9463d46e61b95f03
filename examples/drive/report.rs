//! What came of it: counts by group, a report, and what was expected to fail.

use super::cases::Run;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Pass,
    Fail,
    Skip,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::Skip => "skip",
        }
    }
}

pub struct Result {
    name: String,
    id: String,
    group: String,
    flags: Vec<String>,
    outcome: Outcome,
    detail: String,
}

/// All results, and the failures that were expected: names of runs, or ids of cases, with the reason.
#[derive(Default)]
pub struct Report {
    results: Vec<Result>,
    expected: BTreeMap<String, String>,
    met: BTreeSet<String>,
}

impl Report {
    pub fn expecting(expected: BTreeMap<String, String>) -> Report {
        Report { expected, ..Report::default() }
    }

    /// Adds what came of a run. A failure that was expected counts as skipped; a success that was not, as failed.
    pub fn add(&mut self, group: &str, run: &Run, outcome: Outcome, detail: String) {
        let name = run.name();
        let listed = [&name, &run.id].into_iter().find(|key| self.expected.contains_key(*key)).cloned();
        // One that the implementation skips did not run.
        if let Some(key) = listed.as_ref().filter(|_| outcome != Outcome::Skip) {
            self.met.insert(key.clone());
        }
        let (outcome, detail) = match (&listed, outcome) {
            (Some(key), Outcome::Fail) => (Outcome::Skip, format!("expected to fail: {}", self.expected[key])),
            (Some(_), Outcome::Pass) => (Outcome::Fail, "it passes, and is listed as failing".to_owned()),
            _ => (outcome, detail),
        };
        self.results.push(Result { name, id: run.id.clone(), group: group.to_owned(), flags: run.flags.clone(), outcome, detail });
    }

    /// What was listed and did not run fails.
    pub fn close(&mut self) {
        let missing: Vec<String> = self.expected.keys().filter(|key| !self.met.contains(*key)).cloned().collect();
        for name in missing {
            let detail = "it is listed as failing, and did not run".to_owned();
            let (id, group) = (name.clone(), "expected-failures".to_owned());
            self.results.push(Result { name, id, group, flags: Vec::new(), outcome: Outcome::Fail, detail });
        }
    }

    pub fn count(&self, outcome: Outcome) -> usize {
        self.results.iter().filter(|result| result.outcome == outcome).count()
    }

    /// How many cases there are.
    pub fn cases(&self) -> usize {
        self.results.iter().map(|result| result.id.as_str()).collect::<BTreeSet<_>>().len()
    }

    /// Counts by group, as a table.
    pub fn table(&self) -> String {
        let mut groups: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for result in &self.results {
            groups.entry(&result.group).or_default()[result.outcome as usize] += 1;
        }
        let mut out = format!("{:<20} {:>8} {:>8} {:>8}\n", "group", "passed", "failed", "skipped");
        for (group, [passed, failed, skipped]) in groups {
            out += &format!("{group:<20} {passed:>8} {failed:>8} {skipped:>8}\n");
        }
        out
    }

    /// What failed.
    pub fn failures(&self) -> impl Iterator<Item = String> + '_ {
        let failed = self.results.iter().filter(|result| result.outcome == Outcome::Fail);
        failed.map(|result| format!("---- {}\n{}\n", result.name, result.detail))
    }

    /// The report (`spec/schema/report.schema.json`).
    pub fn json(&self, manifest: &Value, about: &Value) -> Value {
        let mut summary: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for result in &self.results {
            let flags = if result.flags.is_empty() { vec!["core"] } else { result.flags.iter().map(String::as_str).collect() };
            for flag in flags {
                *summary.entry(flag).or_default().entry(result.outcome.name()).or_default() += 1;
            }
        }
        let one = |result: &Result| {
            let mut of = Map::new();
            of.insert("run".into(), json!(result.name));
            of.insert("outcome".into(), json!(result.outcome.name()));
            if !result.detail.is_empty() {
                of.insert("detail".into(), json!(result.detail));
            }
            Value::Object(of)
        };
        let results: Vec<Value> = self.results.iter().map(one).collect();
        json!({"suite": manifest["version"], "implementation": about["implementation"], "summary": summary, "results": results})
    }
}
