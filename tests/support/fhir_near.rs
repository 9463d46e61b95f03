//! Studies that nearly repeat: what a fast path is most likely to take for more of the same.

use super::fhir_repeat::{BASES, ELEMENTS, Members, filled, written};
use super::fhir_scalars::bends;

/// Some of them by their place in the list.
const STATUS: usize = 3;
const SUBJECT: usize = 5;
const STARTED: usize = 6;
const INSTANCES_COUNT: usize = 9;

/// Documents of studies that repeat, but for one scalar of the last: every element of the list, in every form, with everything in its places.
/// Behind them stands one that says otherwise what is known of another, of a patient that is not known.
pub fn near_misses(mut each: impl FnMut(&[u8])) {
    let entry = |n: usize, url: &str, own: &[(usize, String)]| {
        let value =
            |at: usize| own.iter().find(|(of, _)| *of == at).map_or_else(|| filled(ELEMENTS[at].1[0], n, 1, 1), |(_, own)| own.clone());
        let more = own.iter().map(|(at, _)| *at).filter(|at| !BASES[0].contains(at));
        let members: Members = BASES[0].iter().copied().chain(more).map(|at| (ELEMENTS[at].0.to_owned(), value(at))).collect();
        format!("{{\"fullUrl\":{url},\"resource\":{}}}", written(&members))
    };
    let url = |n: usize| format!("\"http://x/{n}\"");
    let mut documents = |own: &dyn Fn(usize) -> Vec<(usize, String)>, last: &[(String, Vec<(usize, String)>)]| {
        let mut same: Vec<String> = (1..=4).map(|n| entry(n, &url(n), &own(n))).collect();
        let unknown = [(SUBJECT, r#"{"display":"Doe^John 3"}"#.to_owned()), (STARTED, r#""2025-01-14""#.to_owned())];
        for (url, own) in last {
            same.truncate(4);
            same.extend([entry(5, url, own), entry(3, "\"http://x/6\"", &unknown)]);
            each(format!("{{\"resourceType\":\"Bundle\",\"entry\":[{}]}}", same.join(",")).as_bytes());
        }
    };
    for (at, (_, values)) in ELEMENTS.iter().enumerate() {
        for value in *values {
            let own = |n: usize| vec![(at, filled(value, n, 1, 1))];
            // The second is where the others may have it from.
            let last = bends(&filled(value, 5, 1, 1), 5).into_iter().chain([filled(value, 2, 1, 1)]);
            documents(&own, &last.map(|text| (url(5), vec![(at, text)])).collect::<Vec<_>>());
        }
    }
    documents(&|_| Vec::new(), &bends(&url(5), 5).into_iter().map(|url| (url, Vec::new())).collect::<Vec<_>>());
    // What the status says depends on the number of instances.
    for status in ELEMENTS[STATUS].1 {
        let own = |_: usize| vec![(STATUS, (*status).to_owned())];
        let last = bends("40", 5).into_iter().map(|count| (url(5), vec![(STATUS, (*status).to_owned()), (INSTANCES_COUNT, count)]));
        documents(&own, &last.collect::<Vec<_>>());
    }
}
