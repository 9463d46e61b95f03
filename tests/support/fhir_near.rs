//! Studies that nearly repeat: what a fast path is most likely to take for more of the same.

use super::fhir_repeat::{BASES, ELEMENTS, Members, filled, written};
use super::fhir_scalars::{bends, borrowed};

/// Some elements by their place in the list.
const STATUS: usize = 3;
const SUBJECT: usize = 5;
const STARTED: usize = 6;
const INSTANCES_COUNT: usize = 9;

/// Elements that stand otherwise than in the base, by their place in the list.
type Own = Vec<(usize, String)>;

fn entry(n: usize, url: &str, own: &Own, more: &str) -> String {
    let value = |at: usize| own.iter().find(|(of, _)| *of == at).map_or_else(|| filled(ELEMENTS[at].1[0], n, 1, 1), |(_, own)| own.clone());
    let others = own.iter().map(|(at, _)| *at).filter(|at| !BASES[0].contains(at));
    let members: Members = BASES[0].iter().copied().chain(others).map(|at| (ELEMENTS[at].0.to_owned(), value(at))).collect();
    format!("{{\"fullUrl\":{url},\"resource\":{}{more}}}", written(&members))
}

fn url(n: usize) -> String {
    format!("\"http://x/{n}\"")
}

/// A Bundle of entries. Before them stands one that says otherwise what is known of another, of a patient that is not known.
fn bundle(entries: &[String]) -> String {
    let unknown: Own = vec![(SUBJECT, r#"{"display":"Doe^John 3"}"#.to_owned()), (STARTED, r#""2025-01-14T11:15:30+02:00""#.to_owned())];
    format!("{{\"resourceType\":\"Bundle\",\"entry\":[{},{}]}}", entry(3, "\"http://x/0\"", &unknown, ""), entries.join(","))
}

/// Documents of studies that repeat, but for one scalar of the last: every element of the list, or the one of this name, in every form, with
/// everything in its places, and with what stood there before.
pub fn near_misses(only: Option<&str>, mut each: impl FnMut(&[u8])) {
    let mut documents = |own: &dyn Fn(usize) -> Own, last: &[(String, Own)], more: &str| {
        let mut same: Vec<String> = (1..=4).map(|n| entry(n, &url(n), &own(n), more)).collect();
        for (url, own) in last {
            same.truncate(4);
            same.push(entry(5, url, own, more));
            each(bundle(&same).as_bytes());
        }
    };
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    for (at, (_, values)) in ELEMENTS.iter().enumerate().filter(|(_, (name, _))| wanted(name)) {
        for value in *values {
            let of = |n: usize| filled(value, n, 1, 1);
            let last = bends(&of(5), 5).into_iter().chain((2..=4).flat_map(|n| borrowed(&of(5), &of(n)))).chain([of(2)]);
            documents(&|n| vec![(at, of(n))], &last.map(|text| (url(5), vec![(at, text)])).collect::<Vec<_>>(), "");
        }
    }
    if only.is_some() {
        return;
    }
    let urls: Vec<(String, Own)> = bends(&url(5), 5).into_iter().map(|url| (url, Vec::new())).collect();
    documents(&|_| Vec::new(), &urls, "");
    // What is told of an entry, and of no study.
    documents(&|_| Vec::new(), &urls[..1], r#","link":[{"url":"CANARY"}]"#);
    // What the status says depends on the number of instances.
    for status in ELEMENTS[STATUS].1 {
        let own = || (STATUS, (*status).to_owned());
        let last = bends("40", 5).into_iter().map(|count| (url(5), vec![own(), (INSTANCES_COUNT, count)]));
        documents(&|_| vec![own()], &last.collect::<Vec<_>>(), "");
    }
    // Two forms of an element in turn.
    for (at, (_, values)) in ELEMENTS.iter().enumerate() {
        for (n, one) in values.iter().enumerate() {
            for two in values.iter().skip(n + 1) {
                let own = |n: usize| vec![(at, filled(if n % 3 == 0 { two } else { one }, n, 1, 1))];
                let entries: Vec<String> = (1..=8).map(|n| entry(n, &url(n), &own(n), "")).collect();
                each(bundle(&entries).as_bytes());
            }
        }
    }
}
