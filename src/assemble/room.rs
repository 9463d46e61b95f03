//! How long the text of a record may be.

use super::record::Record;

/// The longest text of a record. Offsets of 32 bits reach it, and every fact of it once more, where the record is finished. (A megabyte where
/// the library tests itself: what follows from it is the same.)
pub(super) const FULL: usize = if cfg!(test) { 1 << 20 } else { (1 << 31) - (1 << 28) };

impl Record {
    /// Whether so many bytes more fit.
    pub(super) fn has_room(&self, more: usize) -> bool {
        self.arena.len().saturating_add(more) <= FULL
    }

    /// Whether offsets of 32 bits no longer reach.
    pub(super) fn is_full(&self) -> bool {
        self.arena.len() > FULL
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::FULL;
    use crate::Options;
    use crate::dicom::{Reader, read};
    use alloc::string::String;
    use alloc::vec::Vec;
    use alloc::{format, vec};

    /// A text of so many percent of the longest record.
    fn long(c: char, percent: usize) -> String {
        core::iter::repeat_n(c, FULL / 100 * percent).collect()
    }

    fn row(members: &[(&str, &str, &str)]) -> String {
        let member = |(tag, vr, value): &(&str, &str, &str)| format!(r#""{tag}":{{"vr":"{vr}","Value":["{value}"]}}"#);
        let members: Vec<String> = members.iter().map(member).collect();
        format!(r#"{{"0020000D":{{"vr":"UI","Value":["1.2"]}},{}}}"#, members.join(","))
    }

    /// Rows as one text, and as readers that are appended: what does not fit is refused, and nothing else.
    fn fits(rows: &[String]) -> [bool; 2] {
        let text = |rows: &[String]| format!("[{}]", rows.join(","));
        let whole = read(text(rows).as_bytes(), &Options::default()).map(|_| ());
        let mut all = Reader::new(Options::default());
        let appended = rows.iter().try_for_each(|row| {
            let mut one = Reader::new(Options::default());
            one.push(text(core::slice::from_ref(row)).as_bytes())?;
            all.append(one)
        });
        let appended = appended.and_then(|()| all.finish().map(|_| ()));
        [whole, appended].map(|result| match result {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error.code(), "limit");
                false
            }
        })
    }

    #[test]
    fn series_of_one_study_fill_its_record() {
        let series = |uid, percent| row(&[("0020000E", "UI", uid), ("0008103E", "LO", &long('a', percent))]);
        assert_eq!(fits(&[series("1.2.1", 30), series("1.2.2", 30)]), [true, true]);
        // Where readers are appended records join, and what joins takes its room twice.
        assert_eq!(fits(&[series("1.2.1", 45), series("1.2.2", 45)]), [true, false]);
        assert_eq!(fits(&[series("1.2.1", 45), series("1.2.2", 60)]), [false, false]);
    }

    #[test]
    fn a_set_that_grew_is_to_fit_where_the_record_is_finished() {
        let rows = |percent| -> Vec<String> { "abcdefgh".chars().map(|c| row(&[("00101000", "LO", &long(c, percent))])).collect() };
        assert_eq!(fits(&rows(5)), [true, true]);
        // Eight ids, of which the record itself has one.
        assert_eq!(fits(&rows(12)), [false, false]);
    }

    #[test]
    fn records_that_turn_out_to_be_one_patients_have_room_for_both() {
        let rows = |percent| {
            let (own, other) = (long('a', percent), long('a', percent));
            let series = |uid, text| row(&[("0020000E", "UI", uid), ("0008103E", "LO", text)]);
            vec![row(&[("00100020", "LO", "P1"), ("00081030", "LO", &own)]), series("1.2.1", &other)]
        };
        assert_eq!(fits(&rows(20)), [true, true]);
        assert_eq!(fits(&rows(60)), [false, false]);
    }

    #[test]
    fn what_is_copied_where_records_join_has_room() {
        let rows = |percent| {
            let (own, other) = (long('a', percent), long('b', percent));
            vec![row(&[("00100020", "LO", "P1"), ("00081030", "LO", &own)]), row(&[("00081030", "LO", &other)])]
        };
        assert_eq!(fits(&rows(15)), [true, true]);
        // Both together would fit, and not what is made of them.
        assert_eq!(fits(&rows(30)), [false, false]);
    }

    #[test]
    fn what_is_copied_where_an_instance_comes_twice_has_room() {
        let rows = |percent| {
            let instance = |text: &str| row(&[("0020000E", "UI", "1.2.1"), ("00080018", "UI", "1.2.1.1"), ("00420010", "ST", text)]);
            vec![instance(&long('a', percent)), instance(&long('b', percent))]
        };
        assert_eq!(fits(&rows(15)), [true, true]);
        assert_eq!(fits(&rows(30)), [false, false]);
    }
}
