//! The law exact-search of whole conversations: what the facade answers is what judging the whole archive finds, page by page, each match once.

use super::archive::{archive, policy, query};
use super::facade_driver::{converse, known};
use super::generate::Choices;
use super::plan_laws;
use super::qido_store::preset;
use fhir_dicomweb::facade::{Config, Incoming};
use fhir_dicomweb::search::{self, Handling, Server, servers};
use fhir_dicomweb::{Listing, Release};
use serde_json::Value;
use std::collections::BTreeSet;

/// The law, on the case that the bytes describe; how many matched.
pub fn exact_facade(bytes: &[u8]) -> Option<usize> {
    let c = &mut Choices(bytes);
    let presets: Vec<Server> = servers::all().collect();
    let server = presets[c.below(presets.len())].clone();
    let seed = c.below(256) as u64 * 256 + c.below(256) as u64;
    let faults = preset(server.id(), seed);
    let mut options = policy(c);
    options.paranoid = c.rarely(12);
    let release = c.pick(&[Release::R4, Release::R5]);
    let mut config = Config::new(server.clone(), options.clone());
    config.release = release;
    // Where little may be asked pages are short, and nothing is lost between them.
    config.options.limits.requests = c.pick(&[200, 200, 200, 40, 15]);
    config.enumerate = true;
    config.listing = c.pick(&[Listing::Study, Listing::Series, Listing::Instances]);
    let page = c.pick(&[1, 2, 3, 20]);
    let wish = c.pick(&["", "", "&_sort=started", "&_sort=-_id,started", "&_total=accurate", "&_summary=true", "&_elements=identifier"]);
    let wants_all = ["_sort", "_total=accurate"].iter().any(|all| wish.contains(all));
    let archive = archive(c);
    let text = query(c);
    let mut parsed = search::parse(&text, release, Handling::Lenient, &options.limits).ok()?;
    for reference in parsed.references() {
        let found = known(&reference).unwrap_or_default();
        parsed.resolve(&reference, &found.iter().map(|one| (one.system, one.value)).collect::<Vec<_>>());
    }
    let mut target = format!("ImagingStudy?{text}&_count={page}{wish}");
    let (mut found, mut totals, mut shown) = (BTreeSet::new(), BTreeSet::new(), 0);
    let (mut pages, mut conflict) = (0, false);
    loop {
        let incoming = Incoming { method: "GET", target: &target, headers: &[], body: &[] };
        let outcome = converse(&config, &incoming, &archive.store, &faults, c);
        let body: Value = serde_json::from_str(outcome.response.body.as_str()).unwrap();
        if outcome.response.status == 422 {
            // More than a conversation may cost; it says so.
            assert_eq!(body["issue"][0]["code"], "too-costly", "{target} on {}: {body}", server.id());
            // And it is so of the first of the page: alone, and with more requests, it takes more than half of those that there were.
            if !wants_all {
                let mut alone = config.clone();
                alone.options.limits.requests *= 4;
                let target = target.replacen(&format!("_count={page}"), "_count=1", 1);
                let incoming = Incoming { target: &target, ..incoming };
                let cheap = converse(&alone, &incoming, &archive.store, &faults, c);
                let (status, asked) = (cheap.response.status, cheap.requests.len() + cheap.references.len());
                let limit = config.options.limits.requests as usize;
                assert!(status != 200 || asked > limit / 2, "{target} on {}: 422 of {limit} requests, alone it takes {asked}", server.id());
            }
            return None;
        }
        assert_eq!(outcome.response.status, 200, "{target} on {}: {body}", server.id());
        totals.extend(body["total"].as_u64());
        let resources = body["entry"].as_array().into_iter().flatten().map(|entry| &entry["resource"]);
        conflict |= resources.clone().any(|one| {
            one["issue"].as_array().is_some_and(|all| {
                all.iter().any(|issue| {
                    issue["code"] == "conflict"
                        && issue["details"]["text"].as_str().is_some_and(|text| text.contains("more than one patient"))
                })
            })
        });
        for study in resources.filter(|one| one["resourceType"] == "ImagingStudy") {
            let uid = study["identifier"][0]["value"].as_str().unwrap().trim_start_matches("urn:oid:").to_owned();
            let patient = study["subject"]["identifier"]["value"].as_str().unwrap_or_default().to_owned();
            shown += 1;
            found.insert((uid, patient));
        }
        pages += 1;
        assert!(pages < 200, "{target}: pages without end");
        let next = body["link"].as_array().into_iter().flatten().find(|link| link["relation"] == "next");
        match next {
            Some(next) => target = next["url"].as_str().unwrap().to_owned(),
            None => break,
        }
    }
    assert!(conflict || shown == found.len(), "{target} on {}: a match twice, {found:?}", server.id());
    assert!(conflict || totals.iter().all(|total| *total as usize == found.len()), "{target} on {}: {totals:?} of {found:?}", server.id());
    plan_laws::answered(&archive, &server, &faults, &options, &parsed, &text, &found);
    Some(found.len())
}
