//! Values of attributes that were met before.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// The longest text that is remembered with what it means.
pub(super) const MEMO: usize = 1 << 12;
/// Texts of an attribute that are remembered with what they mean.
const MEMOS: usize = 64;

/// Values of attributes that were met before, with what they mean.
#[derive(Default)]
pub(super) struct Memos {
    tables: Vec<Table>,
}

struct Table {
    digits: [u8; 8],
    /// How deep what stands there may be nested: what is remembered is not looked into again.
    room: u32,
    memos: Vec<Memo>,
    next: usize,
}

pub(super) struct Memo {
    /// The text of the attribute's value.
    pub(super) text: Box<str>,
    /// The run of the fact that it makes.
    pub(super) run: Box<str>,
    /// Leaves that it carries.
    pub(super) leaves: u64,
}

impl Memos {
    /// Whether no value of the table had to give way to another.
    pub(super) fn has_room(&self, table: usize) -> bool {
        self.tables.get(table).is_some_and(|table| table.memos.len() < MEMOS)
    }

    /// Whether the text was not met before.
    pub(super) fn is_new(&self, table: usize, text: &str) -> bool {
        self.tables.get(table).is_some_and(|table| !table.memos.iter().any(|memo| *memo.text == *text))
    }

    pub(super) fn find(&self, table: usize, text: &str) -> Option<&Memo> {
        self.tables.get(table)?.memos.iter().find(|memo| text.as_bytes().starts_with(memo.text.as_bytes()))
    }

    /// Remembers what a text means; the number of its table.
    pub(super) fn add(&mut self, (digits, room): ([u8; 8], u32), text: &str, run: &str, leaves: u64) -> usize {
        let at = self.tables.iter().position(|table| (table.digits, table.room) == (digits, room)).unwrap_or_else(|| {
            self.tables.push(Table { digits, room, memos: Vec::new(), next: 0 });
            self.tables.len() - 1
        });
        if let Some(table) = self.tables.get_mut(at).filter(|table| !table.memos.iter().any(|memo| *memo.text == *text)) {
            let memo = Memo { text: text.into(), run: run.into(), leaves };
            match table.memos.get_mut(table.next) {
                Some(slot) => *slot = memo,
                None => table.memos.push(memo),
            }
            table.next = (table.next + 1) % MEMOS;
        }
        at
    }
}
