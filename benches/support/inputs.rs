//! Inputs from a seeded generator: DICOM JSON as servers answer it, compact, with the usual attributes.

use std::fmt::Write;

/// A generator of numbers that are the same everywhere (xorshift64*).
pub struct Seeded(u64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize) % n
    }
}

const FAMILIES: [&str; 8] = ["Sample", "Quinn", "Okafor", "Lindqvist", "Marchetti", "Tanaka", "Novak", "Haddad"];
const GIVEN: [&str; 8] = ["Sam^Alex", "Harper", "Ada^Ngozi", "Maja", "Luca^Piero", "Yui", "Petra^Jana", "Omar"];
const EXAMS: [(&str, &str, &str); 6] = [
    ("CT", "CT head without contrast", "24725-4"),
    ("MR", "MR knee left", "24802-1"),
    ("CR", "Chest two views", "36643-5"),
    ("US", "Abdomen complete", "24558-9"),
    ("CT", "CT abdomen and pelvis with contrast", "36952-0"),
    ("MG", "Mammography both sides screening", "26347-5"),
];

/// A UID as archives make them: a root, then parts of many digits. `salt` tells it from the others.
fn uid(kind: usize, salt: usize) -> String {
    format!("2.999.840.114350.2.277.{kind}.{}.{}", 798_268 + salt, 202_401_141_322_300_u64 + salt as u64 * 7_919)
}

/// The members of data sets: one after the other, as `"tag":{"vr":..,"Value":[..]}`.
struct Row(String);

impl Row {
    fn put(&mut self, tag: &str, vr: &str, values: &str) {
        self.0.push_str(if self.0.is_empty() { "" } else { "," });
        write!(self.0, r#""{tag}":{{"vr":"{vr}","Value":[{values}]}}"#).expect("a String takes anything");
    }

    fn text(&mut self, tag: &str, vr: &str, value: &str) {
        self.put(tag, vr, &format!("\"{value}\""));
    }

    fn empty(&mut self, tag: &str, vr: &str) {
        write!(self.0, r#","{tag}":{{"vr":"{vr}"}}"#).expect("a String takes anything");
    }
}

/// QIDO-RS study rows of 26 attributes.
pub fn study_rows(studies: usize) -> String {
    let mut any = Seeded::new(10);
    let mut text = String::from("[");
    for n in 0..studies {
        let (family, given) = (FAMILIES[any.below(8)], GIVEN[any.below(8)]);
        let (modality, exam, code) = EXAMS[any.below(6)];
        let study = uid(1, n);
        let mut row = Row(String::new());
        row.text("00080005", "CS", "ISO_IR 192");
        row.text("00080020", "DA", &format!("20{:02}{:02}{:02}", 18 + any.below(7), 1 + any.below(12), 1 + any.below(28)));
        row.text("00080030", "TM", &format!("{:02}{:02}{:02}.{:03}", any.below(24), any.below(60), any.below(60), any.below(1000)));
        row.text("00080050", "SH", &format!("A{:09}", n * 13 + 7));
        row.put("00080051", "SQ", r#"{"00400031":{"vr":"UT","Value":["HOSPITAL_RIS"]}}"#);
        row.text("00080054", "AE", "ARCHIVE");
        row.text("00080056", "CS", "ONLINE");
        row.put("00080061", "CS", &format!("\"{modality}\",\"SR\""));
        row.put("00080062", "UI", "\"1.2.840.10008.5.1.4.1.1.2\",\"1.2.840.10008.5.1.4.1.1.88.67\"");
        row.text("00080080", "LO", "General Hospital North");
        row.put("00080090", "PN", &format!("{{\"Alphabetic\":\"{}^{}\"}}", FAMILIES[any.below(8)], GIVEN[any.below(8)]));
        row.text("00080201", "SH", "+0100");
        row.text("00081030", "LO", exam);
        row.put("00081032", "SQ", &format!(r#"{{"00080100":{{"vr":"SH","Value":["{code}"]}},"00080102":{{"vr":"SH","Value":["LN"]}},"00080104":{{"vr":"LO","Value":["{exam}"]}}}}"#));
        row.text("00081190", "UR", &format!("https://pacs.example.org/dicom-web/studies/{study}"));
        row.put("00100010", "PN", &format!("{{\"Alphabetic\":\"{family}^{given}\"}}"));
        row.text("00100020", "LO", &format!("P{:07}", any.below(9_000_000)));
        row.text("00100021", "LO", "HOSPITAL");
        row.text("00100030", "DA", &format!("19{:02}{:02}{:02}", 20 + any.below(79), 1 + any.below(12), 1 + any.below(28)));
        row.text("00100040", "CS", ["F", "M", "O"][any.below(3)]);
        row.empty("00101010", "AS");
        row.text("0020000D", "UI", &study);
        row.text("00200010", "SH", &format!("{}", n + 1));
        row.put("00201206", "IS", &format!("{}", 1 + any.below(9)));
        row.put("00201208", "IS", &format!("{}", 10 + any.below(900)));
        row.text("77771010", "LO", "STORAGE_A");
        text.push_str(if n > 0 { ",{" } else { "{" });
        text.push_str(&row.0);
        text.push('}');
    }
    text + "]"
}

/// The rows of one study's instances as (series, row).
fn instances(series: usize, instances: usize) -> Vec<(usize, String)> {
    let study = uid(2, 1);
    let mut rows = Vec::new();
    for s in 0..series {
        let of_series = uid(3, s);
        for i in 0..instances {
            let instance = uid(4, s * instances + i);
            let mut row = Row(String::new());
            row.text("00080005", "CS", "ISO_IR 192");
            row.text("00080016", "UI", "1.2.840.10008.5.1.4.1.1.2");
            row.text("00080018", "UI", &instance);
            row.text("00080020", "DA", "20240114");
            row.text("00080030", "TM", "132230.250");
            row.text("00080050", "SH", "A000004711");
            row.text("00080056", "CS", "ONLINE");
            row.text("00080060", "CS", "CT");
            row.put("00080090", "PN", "{\"Alphabetic\":\"Quinn^Harper\"}");
            row.text("00080201", "SH", "+0100");
            row.text("0008103E", "LO", &format!("axial {} soft tissue", s + 1));
            row.text(
                "00081190",
                "UR",
                &format!("https://pacs.example.org/dicom-web/studies/{study}/series/{of_series}/instances/{instance}"),
            );
            row.put("00100010", "PN", "{\"Alphabetic\":\"Sample^Sam^Alex\"}");
            row.text("00100020", "LO", "P0004711");
            row.text("00100021", "LO", "HOSPITAL");
            row.text("00100030", "DA", "19700101");
            row.text("00100040", "CS", "F");
            row.text("0020000D", "UI", &study);
            row.text("0020000E", "UI", &of_series);
            row.text("00200010", "SH", "1");
            row.put("00200011", "IS", &format!("{}", s + 1));
            row.put("00200013", "IS", &format!("{}", i + 1));
            row.put("00280010", "US", "512");
            row.put("00280011", "US", "512");
            row.put("00280100", "US", "16");
            rows.push((s, row.0));
        }
    }
    rows
}

fn list(rows: &[(usize, String)]) -> String {
    let rows: Vec<String> = rows.iter().map(|(_, row)| format!("{{{row}}}")).collect();
    format!("[{}]", rows.join(","))
}

/// QIDO-RS instance rows of one study of 25 attributes, series after series.
pub fn instance_rows(series: usize, of_each: usize) -> String {
    list(&instances(series, of_each))
}

/// Rows in no order, the same one each time.
fn shuffle<T>(rows: &mut [T]) {
    let mut any = Seeded::new(11);
    for at in (1..rows.len()).rev() {
        rows.swap(at, any.below(at + 1));
    }
}

/// The same, the series in no order.
pub fn shuffled_series(series: usize, of_each: usize) -> String {
    let mut rows = instances(series, of_each);
    shuffle(&mut rows);
    list(&rows)
}

/// The same, every row twice and in no order, as pages that overlap bring them.
pub fn duplicates(series: usize, of_each: usize) -> String {
    let mut rows = instances(series, of_each);
    rows.extend(rows.clone());
    shuffle(&mut rows);
    list(&rows)
}

/// The same, one study UID under many patients: what archives hold that never asked whose it is.
pub fn many_patients(series: usize, of_each: usize, patients: usize) -> String {
    let mut rows = instances(series, of_each);
    for (at, (_, row)) in rows.iter_mut().enumerate() {
        *row = row.replace("\"P0004711\"", &format!("\"P{:07}\"", at % patients));
    }
    list(&rows)
}

/// WADO-RS metadata of one CT series: 120 attributes each, with sequences, bulk data inline and by URI, and private tags.
pub fn metadata(slices: usize) -> String {
    let mut any = Seeded::new(12);
    let (study, series) = (uid(5, 1), uid(5, 2));
    let mut rows = Vec::new();
    for i in 0..slices {
        let instance = uid(6, i);
        let z = -412.5 + 1.25 * i as f64;
        let mut row = Row(String::new());
        row.text("00080005", "CS", "ISO_IR 192");
        row.put("00080008", "CS", "\"ORIGINAL\",\"PRIMARY\",\"AXIAL\",\"CT_SOM5 SPI\"");
        row.text("00080012", "DA", "20240114");
        row.text("00080013", "TM", &format!("1323{:02}.{:06}", i / 60 % 60, any.below(1_000_000)));
        row.text("00080016", "UI", "1.2.840.10008.5.1.4.1.1.2");
        row.text("00080018", "UI", &instance);
        for (tag, vr, value) in [
            ("00080020", "DA", "20240114"),
            ("00080021", "DA", "20240114"),
            ("00080022", "DA", "20240114"),
            ("00080023", "DA", "20240114"),
            ("00080030", "TM", "132230.250000"),
            ("00080031", "TM", "132312.125000"),
        ] {
            row.text(tag, vr, value);
        }
        row.text("00080032", "TM", &format!("1323{:02}.{:06}", i / 60 % 60, any.below(1_000_000)));
        row.text("00080033", "TM", &format!("1323{:02}.{:06}", i / 60 % 60, any.below(1_000_000)));
        for (tag, vr, value) in [
            ("00080050", "SH", "A000004711"),
            ("00080060", "CS", "CT"),
            ("00080070", "LO", "Example Imaging"),
            ("00080080", "LO", "General Hospital North"),
            ("00080081", "ST", "1 Example Street, Sampletown"),
            ("00080201", "SH", "+0100"),
            ("00081010", "SH", "CT01"),
            ("00081030", "LO", "CT abdomen and pelvis with contrast"),
            ("0008103E", "LO", "axial 1.25 soft tissue"),
            ("00081040", "LO", "Radiology"),
            ("00081090", "LO", "Model Thirty"),
        ] {
            row.text(tag, vr, value);
        }
        row.put("00080090", "PN", "{\"Alphabetic\":\"Quinn^Harper\"}");
        row.put("00081032", "SQ", r#"{"00080100":{"vr":"SH","Value":["36952-0"]},"00080102":{"vr":"SH","Value":["LN"]},"00080104":{"vr":"LO","Value":["CT abdomen and pelvis with contrast"]}}"#);
        row.put("00081050", "PN", "{\"Alphabetic\":\"Okafor^Ada\"}");
        row.put("00081070", "PN", "{\"Alphabetic\":\"Novak^Petra\"}");
        row.put(
            "00081110",
            "SQ",
            &format!(
                r#"{{"00081150":{{"vr":"UI","Value":["1.2.840.10008.3.1.2.3.1"]}},"00081155":{{"vr":"UI","Value":["{}"]}}}}"#,
                uid(7, 1)
            ),
        );
        row.put("00081140", "SQ", &format!(r#"{{"00081150":{{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]}},"00081155":{{"vr":"UI","Value":["{}"]}}}},{{"00081150":{{"vr":"UI","Value":["1.2.840.10008.5.1.4.1.1.2"]}},"00081155":{{"vr":"UI","Value":["{}"]}}}}"#, uid(7, 2), uid(7, 3)));
        row.text("00090010", "LO", "EXAMPLE CT 01");
        row.text("00091001", "UN", "reserved");
        row.0.push_str(&format!(r#","00091002":{{"vr":"UN","InlineBinary":"{}"}}"#, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=".repeat(6)));
        row.put("00100010", "PN", "{\"Alphabetic\":\"Sample^Sam^Alex\"}");
        for (tag, vr, value) in [
            ("00100020", "LO", "P0004711"),
            ("00100021", "LO", "HOSPITAL"),
            ("00100030", "DA", "19700101"),
            ("00100040", "CS", "F"),
            ("00101010", "AS", "054Y"),
            ("00180010", "LO", "Iodine 370"),
            ("00180015", "CS", "ABDOMEN"),
            ("00180022", "CS", "HELIX"),
        ] {
            row.text(tag, vr, value);
        }
        for (tag, vr, value) in [
            ("00101030", "DS", "71.5"),
            ("00180050", "DS", "1.25"),
            ("00180060", "DS", "120"),
            ("00180090", "DS", "500"),
            ("00181100", "DS", "380.5"),
            ("00181110", "DS", "1085.6"),
            ("00181111", "DS", "595"),
            ("00181120", "DS", "0"),
            ("00181130", "DS", "168.5"),
            ("00181150", "IS", "500"),
        ] {
            row.put(tag, vr, value);
        }
        row.put("00181151", "IS", &format!("{}", 180 + any.below(60)));
        row.put("00181152", "IS", &format!("{}", 90 + any.below(30)));
        for (tag, vr, value) in [
            ("00181000", "LO", "SN-00042"),
            ("00181020", "LO", "syn 7.1"),
            ("00181030", "LO", "5.2 Abdomen venous"),
            ("00181140", "CS", "CW"),
            ("00181160", "SH", "0"),
            ("00181210", "SH", "B30f"),
            ("00185100", "CS", "FFS"),
            ("0020000D", "UI", study.as_str()),
            ("0020000E", "UI", series.as_str()),
            ("00200010", "SH", "1"),
            ("00200052", "UI", "2.999.840.114350.9.1"),
            ("00201040", "LO", ""),
        ] {
            if value.is_empty() { row.empty(tag, vr) } else { row.text(tag, vr, value) }
        }
        row.put("00181170", "IS", "36");
        row.put("00181190", "DS", "1.2");
        row.put("00189306", "FD", "0.625");
        row.put("00189307", "FD", "40");
        row.put("00189311", "FD", "0.984");
        row.put("00189345", "FD", &format!("{}.{}", 7 + any.below(4), any.below(100)));
        row.put("00200011", "IS", "3");
        row.put("00200012", "IS", "2");
        row.put("00200013", "IS", &format!("{}", i + 1));
        row.put("00200032", "DS", &format!("-250.0,-385.5,{z}"));
        row.put("00200037", "DS", "1,0,0,0,1,0");
        row.put("00201041", "DS", &format!("{z}"));
        for (tag, vr, value) in [
            ("00280002", "US", "1"),
            ("00280010", "US", "512"),
            ("00280011", "US", "512"),
            ("00280030", "DS", "0.976562,0.976562"),
            ("00280100", "US", "16"),
            ("00280101", "US", "12"),
            ("00280102", "US", "11"),
            ("00280103", "US", "0"),
            ("00281050", "DS", "40,-600"),
            ("00281051", "DS", "400,1500"),
            ("00281052", "DS", "-1024"),
            ("00281053", "DS", "1"),
        ] {
            row.put(tag, vr, value);
        }
        row.text("00280004", "CS", "MONOCHROME2");
        row.put("00280106", "US", &format!("{}", any.below(30)));
        row.put("00280107", "US", &format!("{}", 1_200 + any.below(1_000)));
        row.text("00281054", "LO", "HU");
        row.put("00281055", "LO", "\"WINDOW1\",\"WINDOW2\"");
        for n in 0..16 {
            row.text(&format!("002911{n:02}"), "LO", &format!("private value {n}"));
        }
        row.put("0040A170", "SQ", r#"{"00080100":{"vr":"SH","Value":["121311"]},"00080102":{"vr":"SH","Value":["DCM"]},"00080104":{"vr":"LO","Value":["Localizer"]}}"#);
        row.put("00400275", "SQ", r#"{"00321060":{"vr":"LO","Value":["CT abdomen"]},"00400007":{"vr":"LO","Value":["CT abdomen"]},"00400009":{"vr":"SH","Value":["SPS-42"]},"00401001":{"vr":"SH","Value":["RP-42"]}}"#);
        for (tag, vr, value) in [
            ("00400244", "DA", "20240114"),
            ("00400245", "TM", "132230"),
            ("00400253", "SH", "PPS-42"),
            ("00400254", "LO", "CT abdomen venous"),
            ("00880140", "UI", "2.999.840.114350.9.2"),
        ] {
            row.text(tag, vr, value);
        }
        row.0.push_str(&format!(
            r#","7FE00010":{{"vr":"OW","BulkDataURI":"https://pacs.example.org/dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata/7FE00010"}}"#
        ));
        rows.push((0, row.0));
    }
    list(&rows)
}
