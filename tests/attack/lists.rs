//! Lists of facts: how they are joined, and what their leaves are counted under.

use super::row;
use fhir_dicomweb::{Options, dicom};

/// A list of people that one row names and another identifies is one list, in any order of the rows.
#[test]
fn lists_that_fill_each_other() {
    let name = |tag: &str, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!(r#"{{"Alphabetic":"{name}"}}"#)).collect();
        format!(r#","{tag}":{{"vr":"PN","Value":[{}]}}"#, names.join(","))
    };
    let ids = |tag: &str, ids: &[&str]| {
        let item = |id: &&str| {
            format!(
                r#"{{"00401101":{{"vr":"SQ","Value":[{{"00080100":{{"vr":"SH","Value":["{id}"]}},"00080102":{{"vr":"SH","Value":["99H"]}},"00080104":{{"vr":"LO","Value":["x"]}}}}]}}}}"#
            )
        };
        format!(r#","{tag}":{{"vr":"SQ","Value":[{}]}}"#, ids.iter().map(item).collect::<Vec<_>>().join(","))
    };
    let named = row("1.2", &name("00081060", &["Roe^J", "Doe^K"]));
    let known = row("1.2", &format!("{}{}", name("00081060", &["Roe^J", "Doe^K"]), ids("00081062", &["222", "333"])));
    let loss = |rows: &[String]| dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap();
    for rows in [[named.clone(), known.clone()], [known.clone(), named.clone()]] {
        let found = loss(&rows);
        assert!(found.loss.is_empty(), "{}", found.loss);
        let people: Vec<_> = found.value[0].all(fhir_dicomweb::row::INTERPRETER).map(|person| person.id.to_owned()).collect();
        assert_eq!(people, ["222", "333"]);
    }
    // A name may have no alphabetic group.
    let other_group = |more: &str| row("1.2", &format!(r#","00081060":{{"vr":"PN","Value":[{{"Ideographic":"Y"}}]}}{more}"#));
    for rows in [[other_group(""), other_group(&ids("00081062", &["222"]))], [other_group(&ids("00081062", &["222"])), other_group("")]] {
        let found = loss(&rows);
        assert!(found.loss.is_empty() && found.value[0].all(fhir_dicomweb::row::INTERPRETER).next().unwrap().id == "222", "{}", found.loss);
    }
    // Another list is in conflict as a whole, whichever comes first.
    let other = row("1.2", &name("00081060", &["Roe^J", "Moe^L"]));
    let longer = row("1.2", &name("00081060", &["Roe^J", "Doe^K", "Moe^L"]));
    for (row, leaves) in [(other, 2), (longer, 3)] {
        let found = loss(&[known.clone(), row.clone()]);
        let told: Vec<(&str, u64)> = found.loss.iter().map(|loss| (loss.code.name(), loss.count)).collect();
        assert_eq!(told, [("conflict", leaves)]);
        assert!(loss(&[row, known.clone()]).loss.iter().any(|loss| loss.code.name() == "conflict"));
    }
}

/// A long member of a list is kept once, however many others grow.
#[test]
fn lists_that_grow_item_by_item() {
    let list = |n: usize, grown: Option<usize>| {
        let name = |at: usize| {
            let more = match (at, grown) {
                (0, None) => format!(r#","Ideographic":"{}""#, "x".repeat(400_000)),
                (at, Some(grown)) if at == grown => r#","Phonetic":"p""#.to_owned(),
                _ => String::new(),
            };
            format!(r#"{{"Alphabetic":"a{at}"{more}}}"#)
        };
        super::row("1.2", &format!(r#","00081060":{{"vr":"PN","Value":[{}]}}"#, (0..n).map(name).collect::<Vec<_>>().join(",")))
    };
    let rows: Vec<String> = std::iter::once(None).chain((1..200).map(Some)).map(|grown| list(200, grown)).collect();
    let begun = std::time::Instant::now();
    let found = dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap();
    assert!(found.loss.is_empty(), "{}", found.loss);
    let people: Vec<_> = found.value[0].all(fhir_dicomweb::row::INTERPRETER).map(|person| person.phonetic.to_owned()).collect();
    assert_eq!((people.len(), people.iter().filter(|name| *name == "p").count()), (200, 199));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

/// Of attributes for one field the first by tag is meant, whatever the order of the members.
#[test]
fn codes_in_any_order() {
    let parts = [
        r#""00080100":{"vr":"SH","Value":["A"]}"#,
        r#""00080119":{"vr":"UC","Value":["LONGCODE"]}"#,
        r#""00080120":{"vr":"UR","Value":["urn:x"]}"#,
        r#""00080102":{"vr":"SH","Value":["LN"]}"#,
    ];
    let orders: [&[usize]; 9] =
        [&[0, 1, 2, 3], &[0, 2, 1, 3], &[1, 0, 2, 3], &[1, 2, 0, 3], &[2, 0, 1, 3], &[2, 1, 0, 3], &[3, 2, 1, 0], &[2, 1, 3], &[1, 2, 3]];
    for order in orders {
        let item: Vec<&str> = order.iter().map(|at| parts[*at]).collect();
        let text = format!("[{}]", row("1.2", &format!(r#","00081032":{{"vr":"SQ","Value":[{{{}}}]}}"#, item.join(","))));
        let [fast, plain] =
            [dicom::read(text.as_bytes(), &Options::default()), dicom::read_plainly(text.as_bytes(), &Options::default(), &mut |_| {})]
                .map(Result::unwrap);
        let (wanted, lost) = if order.contains(&0) {
            ("A", vec!["/00081032/Value/0/00080119/Value/0", "/00081032/Value/0/00080120/Value/0"])
        } else {
            ("LONGCODE", vec!["/00081032/Value/0/00080120/Value/0"])
        };
        for read in [fast, plain] {
            let out = fhir_dicomweb::fhir::write(&read.value[0], fhir_dicomweb::Release::R4, &Options::default()).value;
            assert!(out.as_str().contains(&format!(r#""code":"{wanted}""#)), "{order:?}: {out}");
            let mut places: Vec<String> = read.loss.iter().map(|loss| format!("{} {}", loss.code.name(), loss.at)).collect();
            places.sort();
            assert_eq!(places, lost.iter().map(|at| format!("extra-value {at}")).collect::<Vec<_>>(), "{order:?}");
            assert_eq!(read.loss.carried() + read.loss.counted(), 1 + order.len() as u64);
        }
    }
}

/// A note is a leaf's own, wherever in a list it stands and whatever else its fact says: what was noted and contradicts is counted once.
#[test]
fn notes_are_of_leaves() {
    let people = |letter: char, count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!(r#""{letter}^{n}=I""#)).collect();
        format!(r#","00081060":{{"vr":"PN","Value":[{}]}}"#, names.join(","))
    };
    let number = r#","00100020":{"vr":"LO","Value":["P1"]}"#;
    let leaves_of = |rows: &[String]| {
        let read = dicom::read(format!("[{}]", rows.join(",")).as_bytes(), &Options::default()).unwrap();
        let counted = |code: &str| read.loss.iter().filter(|loss| loss.code.name() == code).map(|loss| loss.count).sum::<u64>();
        (read.loss.carried() + read.loss.counted(), counted("conflict"))
    };
    // Strings with `=` are noted, each; they contradict where the rows turn out to be one patient's, and are counted under their notes.
    for count in [1, 3, 4, 12, 40] {
        let rows = [row("1.2", &format!("{number}{}", people('G', count))), row("1.2", &people('X', count))];
        assert_eq!(leaves_of(&rows), (3 + 2 * count as u64, 0), "{count}");
    }
    // Of a copy the title contradicts, and what was noted is its label.
    let copy = |title: &str, label: &str| {
        row(
            "1.2",
            &format!(
                r#","0020000E":{{"vr":"UI","Value":["1.2.1"]}},"00080018":{{"vr":"UI","Value":["1.2.1.1"]}},"00420010":{{"vr":"ST","Value":["{title}"]}},"00700080":{{"vr":"CS","Value":["{label}"]}}"#
            ),
        )
    };
    // Rows of five leaves; of the second the title is lost, and its label is noted as one in lower case, or is lost as well.
    assert_eq!(leaves_of(&[copy("T1", "L1"), copy("T2", "l2")]), (10, 1));
    assert_eq!(leaves_of(&[copy("T1", "L1"), copy("T2", "L2")]), (10, 2));
}
