//! What a conversation may cost as a whole: lists, pages and links, and what must be known of every study.

use crate::budget::{attribute, instances, series, shown, study, talk};
use fhir_dicomweb::facade::{Config, FhirOverDicomweb, Incoming, Step};
use fhir_dicomweb::search::{End, Server, servers};
use fhir_dicomweb::{Listing, Options, Release};

/// What must be known whole is tried as long as what is sure can be had.
pub fn what_must_be_known_whole_is_tried() {
    let site = attribute("00180015", "CS", r#""CHEST""#);
    for server in [servers::google_healthcare(), servers::ps3_18_baseline(), servers::dcm4chee_arc_5()] {
        let config = &mut Config::new(server, Options::default());
        (config.release, config.listing) = (Release::R5, Listing::Series);
        let below = |path: &str, n: usize| {
            let rows = series(n, 2).into_iter().map(|row| row.replacen('}', &format!("}}{site}"), 1));
            path.ends_with("/series").then(|| rows.collect())
        };
        let target = "/ImagingStudy?patient.identifier=P1&body-site:text=chest&_summary=count";
        let (response, asked) = talk(config, target, (40, 1000), &|n| study(n, ""), &below);
        assert!(
            response.status == 200 && response.body.as_str().contains(r#""total":40"#),
            "{}: {} after {asked}",
            config.server.id(),
            response.status
        );
    }
    // Once, down to what decides.
    for server in [servers::google_healthcare(), servers::kheops(), servers::dcm4chee_arc_5()] {
        let config = &Config::new(server, Options::default());
        let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 2) } else { instances(n, 2, 4) });
        for wish in ["&_total=accurate", "&_summary=count", "&_sort=started"] {
            let target = format!("/ImagingStudy?patient.identifier=P1&dicom-class:missing=true{wish}");
            let (response, asked) = talk(config, &target, (24, 1000), &|n| study(n, ""), &below);
            assert_eq!(response.status, 200, "{} {wish}: {asked}", config.server.id());
        }
    }
    let config = &Config::new(servers::ps3_18_baseline(), Options::default());
    for many in [0, 1, 2] {
        let count = |n: usize| if n == many { 120 } else { 1 };
        let row = |n: usize| study(n, &attribute("00201206", "IS", &count(n).to_string()));
        let below = |path: &str, n: usize| match path.rsplit('/').next()? {
            "series" => Some(series(n, count(n))),
            "instances" if !path.contains("/series/") => Some(instances(n, count(n), count(n))),
            _ => None,
        };
        for wish in ["&_total=accurate", "&_summary=count", "&_sort=started"] {
            let target = format!("/ImagingStudy?patient.identifier=P1&dicom-class:missing=true{wish}");
            let (response, asked) = talk(config, &target, (3, 1000), &row, &below);
            assert_eq!(response.status, 200, "{target}: {many} after {asked}");
        }
    }
}

/// How many series a study has is a guess where nobody counts: nothing is refused for it.
pub fn a_guess_refuses_nothing() {
    let class = attribute("00080016", "UI", r#""1.2.840.10008.5.1.4.1.1.2""#);
    for (server, studies) in [(servers::unknown(), 31), (servers::ps3_18_baseline(), 31), (servers::kheops(), 65)] {
        let config = &Config::new(server, Options::default());
        let below = |path: &str, n: usize| match path.rsplit('/').next()? {
            "series" => Some(series(n, 1)),
            "instances" if path.contains("/series/") => {
                Some(instances(n, 1, 1).into_iter().map(|row| row.replacen('}', &["}", &class].concat(), 1)).collect())
            }
            _ => None,
        };
        for wish in ["&_total=accurate", "&_summary=count", "&_sort=started"] {
            let target = format!("/ImagingStudy?patient.identifier=P1&dicom-class=1.2.840.10008.5.1.4.1.1.2{wish}");
            let (response, asked) = talk(config, &target, (studies, 100), &|n| study(n, ""), &below);
            let total = format!(r#""total":{studies}"#);
            assert!(response.status == 200 && response.body.as_str().contains(&total), "{} {wish}: {asked}", config.server.id());
        }
    }
}

/// What is asked again asks for more: a study row that does not tell what it is said to tell is asked for once, and then its series.
pub fn each_step_asks_for_more() {
    for server in servers::all().filter(|server| server.id() != "static-dicomweb") {
        let config = &Config::new(server, Options::default());
        let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 1) } else { instances(n, 1, 1) });
        for modalities in ["", r#","00080061":{"vr":"CS"}"#, r#","00080061":{"vr":"CS","Value":[""]}"#] {
            for clause in ["modality=CT", "modality:not=SR", "modality=CT&_count=1", "modality=CT&_elements=started,identifier"] {
                let target = format!("/ImagingStudy?patient.identifier=P1&{clause}");
                let (response, asked) = talk(config, &target, (1, 1000), &|n| study(n, modalities), &below);
                assert_eq!(
                    (response.status, shown(&response)),
                    (200, (vec![0], false)),
                    "{} {target}: {asked} {}",
                    config.server.id(),
                    response.body.as_str()
                );
                assert!(asked <= 16, "{} {target}: {asked}", config.server.id());
            }
        }
    }
}

/// A study whose row does not say its modalities is decided by its series, whatever other clauses need of those that its series leave.
pub fn series_are_a_step_where_the_row_tells_no_modality() {
    let (class, many) = ("1.2.840.10008.5.1.4.1.1.2", 25_000);
    let with =
        |row: String, tag: &str, vr: &str, text: &str| row.replacen('}', &["}", &attribute(tag, vr, &format!("\"{text}\""))].concat(), 1);
    for server in [servers::ps3_18_baseline(), servers::unknown()] {
        let config = &Config::new(server, Options::default());
        // The first is MR, and larger than all requests; the second matches.
        let below = |path: &str, n: usize| {
            if path.ends_with("/series") {
                return Some(vec![with(series(n, 1).remove(0), "00080060", "CS", ["MR", "CT"][n])]);
            }
            let count = if n == 0 { many } else { 1 };
            Some(instances(n, 1, count).into_iter().map(|row| with(row, "00080016", "UI", class)).collect())
        };
        for order in [format!("modality=CT&dicom-class={class}"), format!("dicom-class={class}&modality=CT")] {
            let target = format!("/ImagingStudy?patient.identifier=P1&{order}");
            let (response, asked) = talk(config, &target, (2, 100), &|n| study(n, ""), &below);
            assert_eq!((response.status, shown(&response)), (200, (vec![1], false)), "{} {order}: {asked}", config.server.id());
            assert!(asked <= 20, "{} {order}: {asked}", config.server.id());
        }
    }
}

/// What another clause excludes is no match, whoever issued its number: nothing is told of it, and the total is known.
pub fn an_issuer_that_nobody_tells_is_no_matter_of_what_else_excludes() {
    let config = &Config::new(servers::kheops(), Options::default());
    let row = |n: usize| study(n, &attribute("00080061", "CS", "\"MR\""));
    for (clause, unknown) in [("modality:not=MR", false), ("modality=MR", true)] {
        let target = format!("/ImagingStudy?patient.identifier=http://x|P1&{clause}");
        let (response, asked) = talk(config, &target, (5, 100), &row, &|_, _| None);
        let body = response.body.as_str();
        assert_eq!((response.status, shown(&response)), (200, (vec![], false)), "{clause}: {asked}");
        assert_eq!(body.contains("who issued"), unknown, "{clause}: {body}");
        assert_eq!(body.contains(r#""total":0"#), !unknown, "{clause}: {body}");
    }
}

/// Where those that are looked at turn out not to match, no more is asked of the others than what decides.
pub fn what_does_not_match_is_not_fetched_whole() {
    for (server, studies) in [(servers::dcm4chee_arc_5(), 66), (servers::kheops(), 66), (servers::google_healthcare(), 40)] {
        let config = &mut Config::new(server, Options::default());
        config.release = Release::R5;
        let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 2) } else { instances(n, 2, 2) });
        let asked = |wish: &str| {
            let target = format!("/ImagingStudy?patient.identifier=P1&based-on:identifier=NONE{wish}");
            let (response, asked) = talk(config, &target, (studies, 1000), &|n| study(n, ""), &below);
            assert_eq!((response.status, shown(&response)), (200, (vec![], false)), "{} {wish}: {asked}", config.server.id());
            asked
        };
        let least = asked("&_summary=count");
        for wish in ["", "&_count=1"] {
            assert!(asked(wish) <= least + 6, "{} {wish}: {} {least}", config.server.id(), asked(wish));
        }
    }
}

/// A list of which each value takes a request leaves requests for what it selects, if another clause selects.
pub fn lists_leave_requests_for_what_they_select() {
    for server in [servers::google_healthcare(), servers::dcm4chee_arc_5(), servers::unknown()] {
        let config = &Config::new(server, Options::default());
        let row = |n: usize| study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")));
        let below = |path: &str, n: usize| Some(if path.ends_with("/series") { series(n, 1) } else { instances(n, 1, 1) });
        for count in [50, 100, 150, 200, 250] {
            let list: Vec<String> = (0..count).map(|n| format!("ACC{n}")).collect();
            let target = format!("/ImagingStudy?patient.identifier=P1&identifier={}&_count=1", list.join(","));
            let (response, asked) = talk(config, &target, (5, 1000), &row, &below);
            assert_eq!((response.status, shown(&response)), (200, (vec![0], true)), "{} {count}: {asked}", config.server.id());
        }
    }
}

/// A list is what selects where the other clause selects days, or more than the list leaves requests for.
pub fn lists_select_where_others_select_too_much() {
    let row = |n: usize| study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")));
    for (server, size) in [(servers::ps3_18_baseline(), 100), (servers::azure_dicom_v2(), 200), (servers::google_healthcare(), 1000)] {
        let config = &Config::new(server, Options::default());
        for (also, studies) in [("started=2024&", 100_001), ("patient.identifier=P1&", 50_000), ("", 100_001)] {
            for count in [75, 76, 97] {
                let list: Vec<String> = (0..count).map(|n| format!("ACC{}", n * 7)).collect();
                let target = format!("/ImagingStudy?{also}identifier={}&_count=1&_elements=started,identifier", list.join(","));
                let (response, asked) = talk(config, &target, (studies, size), &row, &|_, _| None);
                assert_eq!((response.status, shown(&response)), (200, (vec![0], true)), "{} {also} {count}: {asked}", config.server.id());
            }
        }
    }
}

/// What is decided by series is not looked at down to the instances first.
pub fn steps_go_before_all_at_once() {
    let site = attribute("00180015", "CS", r#""CHEST""#);
    for (server, studies, count) in
        [(servers::unknown(), 40, 1), (servers::ps3_18_baseline(), 48, 1), (servers::azure_dicom_v2(), 20, 2_500)]
    {
        let config = &Config::new(server, Options::default());
        let below = |path: &str, n: usize| match path.rsplit('/').next()? {
            "series" => Some(series(n, 1).into_iter().map(|row| row.replacen('}', &format!("}}{site}"), 1)).collect()),
            "instances" if path.contains("/series/") || count > 1 => Some(instances(n, 1, count)),
            _ => None,
        };
        for wish in ["&_summary=count", "&_sort=started", "&_total=accurate"] {
            let clauses = "bodysite:text=head&dicom-class=1.2.840.10008.5.1.4.1.1.2";
            let target = format!("/ImagingStudy?patient.identifier=P1&{clauses}{wish}");
            let (response, asked) = talk(config, &target, (studies, 100), &|n| study(n, ""), &below);
            // Instances may say a region where their series has a name alone: that is told, and nothing counted.
            let is_none =
                !response.body.as_str().contains(r#""total":"#) && response.body.as_str().contains("those of their instances may say more");
            assert!(response.status == 200 && is_none, "{} {wish}: {} after {asked}", config.server.id(), response.status);
        }
    }
}

/// A list of series is not given up for a patient of whose studies each would have to be looked at.
pub fn who_is_named_beside_a_list_of_series() {
    for server in [servers::azure_dicom_v2(), servers::google_healthcare()] {
        let config = &Config::new(server, Options::default());
        let below = |path: &str, n: usize| path.ends_with("/series").then(|| series(n, 30));
        for (studies, count) in [(60, 76), (100, 80), (60, 90)] {
            let list: Vec<String> = (0..count).map(|n| format!("1.2.{}.{}", n % 3, n / 3)).collect();
            for patient in ["", "patient.identifier=P1&"] {
                let target = format!("/ImagingStudy?{patient}series={}&_summary=count", list.join(","));
                let (response, asked) = talk(config, &target, (studies, 200), &|n| study(n, ""), &below);
                let is_all = response.body.as_str().contains(r#""total":3"#);
                assert!(
                    response.status == 200 && is_all,
                    "{} {studies} {count} {patient}: {} {asked}",
                    config.server.id(),
                    response.status
                );
            }
        }
    }
}

/// A value of which there is nothing takes one request: such a list is not given up for days, nor for all that there is.
pub fn lists_of_which_little_is_there() {
    let row = |n: usize| study(n, &attribute("00080050", "SH", &format!("\"ACC{n}\"")));
    for (server, size) in [(servers::azure_dicom_v2(), 200), (servers::ps3_18_baseline(), 100), (servers::google_healthcare(), 1000)] {
        let config = &mut Config::new(server, Options::default());
        for count in [80, 100, 120, 150] {
            let list: Vec<String> = (0..count).map(|n| format!("ACC{}", if n < 10 { n } else { 9_000_000 + n })).collect();
            for days in ["", "started=2024&"] {
                let target = format!("/ImagingStudy?{days}identifier={}&_count=1&_elements=started,identifier", list.join(","));
                let (response, asked) = talk(config, &target, (100_001, size), &row, &|_, _| None);
                assert_eq!((response.status, shown(&response)), (200, (vec![0], true)), "{} {days} {count}: {asked}", config.server.id());
            }
        }
        // Where all may be read, a list that is long is none.
        config.enumerate = true;
        for count in [80, 120, 200, 250] {
            let list: Vec<String> = (0..count).map(|n| format!("ACC{n}")).collect();
            let target = format!("/ImagingStudy?identifier={}&_count=1&_elements=started,identifier", list.join(","));
            let (response, asked) = talk(config, &target, (300, size), &row, &|_, _| None);
            assert_eq!((response.status, shown(&response)), (200, (vec![0], true)), "{} {count}: {asked}", config.server.id());
        }
    }
}

/// Pages of one row are no listings that repeat themselves.
pub fn pages_of_one_row() {
    for end in [End::EmptyPage, End::NoWarning] {
        let config = &Config::new(Server::unknown().paged(Some(1), end), Options::default());
        let below = |path: &str, n: usize| match path.rsplit('/').next()? {
            "series" => Some(series(n, 1)),
            _ => Some(instances(n, 1, 1)),
        };
        let (response, asked) = talk(config, "/ImagingStudy?patient.identifier=P1", (8, 1), &|n| study(n, ""), &below);
        assert_eq!((response.status, shown(&response)), (200, ((0..8).collect(), false)), "{asked}");
    }
}

/// A listing that is a row longer than a page tells nothing of others.
pub fn listings_that_are_a_row_longer_than_a_page() {
    for (size, end) in [(Some(100), End::NoWarning), (Some(100), End::ShortPage), (None, End::NoWarning), (Some(100), End::EmptyPage)] {
        let config = &Config::new(Server::unknown().paged(size, end), Options::default());
        let most = if end == End::EmptyPage { 95 } else { 150 };
        for count in [most - 51, most - 50, most - 49, most] {
            let below = |path: &str, n: usize| match path.rsplit('/').next()? {
                "series" => Some(series(n, count)),
                _ if path.contains("/series/") => Some(instances(n, 1, 1)),
                _ => None,
            };
            // (The rows are those of one series: what is counted is what is asked.)
            let (response, asked) = talk(config, "/ImagingStudy/1.2.0", (1, 100), &|n| study(n, ""), &below);
            assert_ne!(response.status, 422, "{size:?} {end:?} {count}: {asked}");
        }
    }
}

/// A link is encoded anew: one that is longer than a query may be is not given.
pub fn links_that_are_too_long() {
    let mut options = Options::default();
    options.limits.query_bytes = 400;
    let config = &Config::new(servers::google_healthcare(), options);
    let below = |path: &str, n: usize| match path.rsplit('/').next()? {
        "series" => Some(series(n, 1)),
        _ => Some(instances(n, 1, 1)),
    };
    let row = |n: usize| study(n, &attribute("00100010", "PN", r#"{"Alphabetic":"Müller"}"#));
    let target = |names: usize| format!("/ImagingStudy?patient.identifier=P1&_count=2&patient.name={}", vec!["müller"; names].join(","));
    let (short, _) = talk(config, &target(10), (5, 1000), &row, &below);
    assert_eq!((short.status, shown(&short).1), (200, true));
    let (long, _) = talk(config, &target(40), (5, 1000), &row, &below);
    assert!(long.status == 400 && long.body.as_str().contains("too-long"), "{} {}", long.status, long.body.as_str());
    // Nor of Endpoints.
    let options = &mut Options::default();
    (options.limits.query_bytes, options.endpoint_base) = (200, Some("https://a/dicom-web".into()));
    options.services = vec![fhir_dicomweb::Service::WadoRs, fhir_dicomweb::Service::QidoRs];
    let of_endpoints = Config::new(servers::google_healthcare(), options.clone());
    for (form, status) in [("status=active&_count=1", 200), (&["status=active,", &"ü".repeat(60), "&_count=1"].concat(), 400)] {
        let headers: &[(&str, &[u8])] = &[("Content-Type", b"application/x-www-form-urlencoded")];
        let incoming = Incoming { method: "POST", target: "/Endpoint/_search", headers, body: form.as_bytes() };
        match FhirOverDicomweb::new(&of_endpoints, &incoming).step() {
            Step::Done(response) => assert_eq!(response.status, status, "{form}"),
            other => panic!("{other:?}"),
        }
    }
    // Where there is no further page there is no link.
    let (whole, _) = talk(config, &target(40), (2, 1000), &row, &below);
    assert_eq!((whole.status, shown(&whole)), (200, (vec![0, 1], false)));
}
