//! The attributes of rows that make elements or decide clauses: what a server is asked for besides what it matches. Listed while compiling,
//! because every plan asks for the same.

use crate::table::{Level, RETRIEVE_URL, rows_of};

/// The attributes of rows of these levels, by tag.
pub(super) fn fields(lowest: Level) -> &'static [u32] {
    let list = match lowest {
        Level::Patient => &PATIENT,
        Level::Study => &STUDY,
        Level::Series => &SERIES,
        Level::Instance => &INSTANCE,
    };
    list.tags.split_at_checked(list.len).map_or(&[], |(tags, _)| tags)
}

/// As they are asked for: `includefield=` and the tags, divided by commas.
pub(super) fn includefield(lowest: Level) -> &'static str {
    match lowest {
        Level::Patient => ASKED[0],
        Level::Study => ASKED[1],
        Level::Series => ASKED[2],
        Level::Instance => ASKED[3],
    }
}

static PATIENT: List = List::of(Level::Patient);
static STUDY: List = List::of(Level::Study);
static SERIES: List = List::of(Level::Series);
static INSTANCE: List = List::of(Level::Instance);
static ASKED: [&str; 4] = [PATIENT.text(), STUDY.text(), SERIES.text(), INSTANCE.text()];

/// More than the table has.
const MOST: usize = 128;
const NAME: &[u8] = b"includefield=";

struct List {
    tags: [u32; MOST],
    len: usize,
    text: [u8; NAME.len() + MOST * 9],
    text_len: usize,
}

// Indices are in bounds or the crate does not compile: these run in const evaluation only.
#[allow(clippy::indexing_slicing)]
impl List {
    const fn of(lowest: Level) -> List {
        let mut list = List { tags: [0; MOST], len: 0, text: [0; NAME.len() + MOST * 9], text_len: 0 };
        let mut levels: &[Level] = &[Level::Patient, Level::Study, Level::Series, Level::Instance];
        while let [level, lower @ ..] = levels {
            levels = lower;
            let mut rows = if *level as u8 <= lowest as u8 { rows_of(*level) } else { &[] };
            while let [row, more @ ..] = rows {
                rows = more;
                let mut parts = row.parts;
                while let [part, more @ ..] = parts {
                    parts = more;
                    list.insert(match part.within {
                        Some(container) => container,
                        None => part.tag,
                    });
                }
            }
        }
        list.print();
        list
    }

    /// Keeps the order of tags, and each once. Nobody asks for where a study is.
    const fn insert(&mut self, tag: u32) {
        let mut at = 0;
        while at < self.len && self.tags[at] < tag {
            at += 1;
        }
        if tag == RETRIEVE_URL || at < self.len && self.tags[at] == tag {
            return;
        }
        let mut end = self.len;
        while end > at {
            self.tags[end] = self.tags[end - 1];
            end -= 1;
        }
        self.tags[at] = tag;
        self.len += 1;
    }

    const fn print(&mut self) {
        while self.text_len < NAME.len() {
            self.push(NAME[self.text_len]);
        }
        let mut n = 0;
        while n < self.len {
            if n > 0 {
                self.push(b',');
            }
            let mut shift = 32;
            while shift > 0 {
                shift -= 4;
                self.push(b"0123456789ABCDEF"[(self.tags[n] >> shift) as usize & 15]);
            }
            n += 1;
        }
    }

    const fn push(&mut self, byte: u8) {
        self.text[self.text_len] = byte;
        self.text_len += 1;
    }

    const fn text(&'static self) -> &'static str {
        match core::str::from_utf8(self.text.split_at(self.text_len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::rows;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn what_the_table_has_is_asked_for() {
        for level in [Level::Patient, Level::Study, Level::Series, Level::Instance] {
            let parts = rows().filter(|row| row.level <= level).flat_map(|row| row.parts);
            let mut tags: Vec<u32> = parts.map(|part| part.within.unwrap_or(part.tag)).filter(|tag| *tag != RETRIEVE_URL).collect();
            tags.sort_unstable();
            tags.dedup();
            assert_eq!(fields(level), tags);
            let list: Vec<String> = tags.iter().map(|tag| format!("{tag:08X}")).collect();
            assert_eq!(includefield(level), ["includefield=", &list.join(",")].concat());
        }
    }
}
