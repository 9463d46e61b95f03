//! Records by key: study UID, PatientID, issuer.

use super::sorted::{Sorted, Spot};
use crate::grow;
use alloc::string::String;
use alloc::vec::Vec;

/// What a key knows of a part of a patient's identity.
const UNKNOWN: char = '-';
pub(super) const KNOWN: char = '=';

/// Bytes from which on a list of keys is long enough, and the next one begins: a name may be long, and one list that grows is held twice.
const CHUNK: usize = 1 << 20;

/// Records that share a place in the table, or a UID, before it is given up.
const PATIENCE: usize = 24;

/// The keys of records, by number of the record.
///
/// They are found by a hash of the UID. UIDs can be hostile and there is no randomness here to key the hash with: where many UIDs meet in one
/// place, or many patients under one UID, their order takes over for good. Nothing that can be seen depends on the hash.
#[derive(Default)]
pub(super) struct Keys {
    /// All keys, one after the other: the last of them, and lists of those before.
    text: String,
    before: Vec<String>,
    entries: Vec<Entry>,
    /// Number + 1 of the first record of a UID, open addressing; a power of two, at least half empty.
    table: Vec<u32>,
    sorted: Option<Sorted>,
    /// Whether some UID has several records.
    pub(super) shared: bool,
}

#[derive(Clone, Copy)]
struct Entry {
    len: usize,
    /// The list it stands in, and where it begins there.
    chunk: u32,
    start: u32,
    /// Bytes of the study UID with its mark.
    uid: u32,
    hash: u32,
    /// Number + 1 of the next record of the same UID.
    next: u32,
    gone: bool,
    /// Whether the issuer is known.
    issuer: bool,
}

/// A key being put together.
#[derive(Default)]
pub(super) struct Key {
    text: String,
    uid: usize,
    issuer: bool,
}

/// What stands between the local issuer and the universal one.
pub(super) const BOTH: &str = "\u{2}";

impl Key {
    /// The study UID, PatientID and issuer; of the last two whether they are known. Who has no PatientID, or of whom it is not known, may have a
    /// name all the same.
    pub(super) fn set(&mut self, uid: &str, (knows_id, id): (bool, &str), issuer: Option<impl FnOnce(&mut String)>) {
        self.text.clear();
        // Most keys are no longer.
        self.text.reserve(192);
        self.text.push(KNOWN);
        self.text.push_str(uid);
        (self.uid, self.issuer) = (self.text.len(), issuer.is_some());
        self.known(knows_id);
        self.text.push_str(id);
        self.known(issuer.is_some());
        if let Some(name) = issuer {
            name(&mut self.text);
        }
        self.text.push('\0');
    }

    fn known(&mut self, is_known: bool) {
        self.text.push('\0');
        self.text.push(if is_known { KNOWN } else { UNKNOWN });
    }

    fn uid(&self) -> &str {
        self.text.get(..self.uid).unwrap_or("")
    }

    fn from(text: &str) -> Self {
        let issuer = text.split('\0').nth(2).is_some_and(|part| part.starts_with(KNOWN));
        Key { text: text.into(), uid: text.find('\0').unwrap_or(text.len()), issuer }
    }
}

impl Keys {
    fn key(&self, record: u32) -> &str {
        self.entries.get(record as usize).map_or("", |entry| self.text(entry, entry.len))
    }

    fn uid(&self, record: u32) -> &str {
        self.entries.get(record as usize).map_or("", |entry| self.text(entry, entry.uid as usize))
    }

    fn text(&self, entry: &Entry, len: usize) -> &str {
        let start = entry.start as usize;
        let text = self.before.get(entry.chunk as usize).unwrap_or(&self.text);
        text.get(start..start.saturating_add(len)).unwrap_or("")
    }

    fn spot(&self, sorted: &Sorted, key: &str) -> Spot {
        sorted.spot(|record| self.key(record).cmp(key))
    }

    /// Whether the record has this key.
    pub(super) fn is(&self, record: u32, key: &Key) -> bool {
        self.key(record) == key.text && !self.entries.get(record as usize).is_none_or(|entry| entry.gone)
    }

    /// The record of a key.
    pub(super) fn get(&self, key: &Key) -> Option<u32> {
        if let Some(sorted) = &self.sorted {
            return self.spot(sorted, &key.text).found;
        }
        let (_, found) = self.place(hash(key.uid()), key.uid());
        let mut record = found?;
        loop {
            if self.key(record) == key.text {
                return Some(record);
            }
            record = self.entries.get(record as usize)?.next.checked_sub(1)?;
        }
    }

    /// The key of the next record.
    pub(super) fn push(&mut self, key: &Key) {
        self.push_text(&key.text, key.uid, key.issuer);
    }

    /// A key that is a UID alone: its number.
    pub(super) fn get_uid(&self, uid: &str) -> Option<u32> {
        match &self.sorted {
            Some(sorted) => self.spot(sorted, uid).found,
            None => self.place(hash(uid), uid).1,
        }
    }

    /// A key that is a UID alone.
    pub(super) fn push_uid(&mut self, uid: &str) {
        self.push_text(uid, uid.len(), false);
    }

    fn push_text(&mut self, text: &str, uid: usize, issuer: bool) {
        let record = self.entries.len() as u32;
        let hash = hash(text.get(..uid).unwrap_or(""));
        if self.text.len() >= CHUNK {
            self.before.push(core::mem::take(&mut self.text));
        }
        let (chunk, start) = (self.before.len() as u32, self.text.len() as u32);
        grow::make_room(&mut self.text, text.len());
        self.text.push_str(text);
        let entry = Entry { len: text.len(), chunk, start, uid: uid as u32, hash, next: 0, gone: false, issuer };
        grow::push(&mut self.entries, entry);
        self.enter(record);
    }

    /// The UID of a key.
    pub(super) fn uid_at(&self, record: u32) -> &str {
        self.uid(record)
    }

    /// Makes a record found.
    fn enter(&mut self, record: u32) {
        let Some(Entry { hash, .. }) = self.entries.get(record as usize).copied() else { return };
        if let Some(mut sorted) = self.sorted.take() {
            let spot = self.spot(&sorted, self.key(record));
            if spot.found.is_none() {
                sorted.put(&spot, record);
            }
            self.sorted = Some(sorted);
            return;
        }
        if self.entries.len() * 2 > self.table.len() {
            self.grow();
        }
        let (at, first) = self.place(hash, self.uid(record));
        let Some(first) = first else {
            if self.walked(at, hash) > PATIENCE {
                self.sort();
            } else if let Some(slot) = self.table.get_mut(at) {
                *slot = record + 1;
            }
            return;
        };
        if first == record {
            return;
        }
        self.shared = true;
        let (mut last, mut steps) = (first, 0);
        while let Some(next) = self.entries.get(last as usize).and_then(|entry| entry.next.checked_sub(1)) {
            last = next;
            steps += 1;
        }
        if let Some(entry) = self.entries.get_mut(last as usize) {
            entry.next = record + 1;
        }
        if steps > PATIENCE {
            self.sort();
        }
    }

    fn walked(&self, at: usize, hash: u32) -> usize {
        at.wrapping_sub(hash as usize) & self.table.len().wrapping_sub(1)
    }

    /// The place of a UID in the table, and the first of its records, if it has any.
    fn place(&self, hash: u32, uid: &str) -> (usize, Option<u32>) {
        let mask = self.table.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(record) = self.table.get(at).and_then(|slot| slot.checked_sub(1)) {
            let same = self.entries.get(record as usize).is_some_and(|entry| entry.hash == hash) && self.uid(record) == uid;
            if same {
                return (at, Some(record));
            }
            at = (at + 1) & mask;
        }
        (at, None)
    }

    fn grow(&mut self) {
        let size = (self.entries.len() * 4).next_power_of_two().max(32);
        self.table.clear();
        self.table.resize(size, 0);
        let mask = size - 1;
        // Only the first records of UIDs stand in the table; the others hang from them.
        let mut behind = alloc::vec![false; if self.shared { self.entries.len() } else { 0 }];
        if self.shared {
            for next in self.entries.iter().filter_map(|entry| entry.next.checked_sub(1)) {
                if let Some(slot) = behind.get_mut(next as usize) {
                    *slot = true;
                }
            }
        }
        // The last entry is the one that is being entered.
        for record in 0..self.entries.len().saturating_sub(1) {
            let Some(entry) = self.entries.get(record).filter(|entry| !entry.gone && !behind.get(record).is_some_and(|behind| *behind))
            else {
                continue;
            };
            let mut at = entry.hash as usize & mask;
            while self.table.get(at).is_some_and(|slot| *slot != 0) {
                at = (at + 1) & mask;
            }
            if let Some(slot) = self.table.get_mut(at) {
                *slot = record as u32 + 1;
            }
        }
    }

    /// The order of the keys takes the table's place.
    fn sort(&mut self) {
        let records: Vec<u32> = self.sorted().into_iter().map(|(_, record)| record).collect();
        self.sorted = Some(Sorted::of(&records));
        self.shared = true;
        self.table = Vec::new();
    }

    /// The keys and their records, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..).zip(&self.entries).filter(|(_, entry)| !entry.gone).map(|(record, _)| (self.key(record), record))
    }

    /// The records, and whether the issuer of their patient's id is known.
    pub(super) fn issuers(&self) -> impl Iterator<Item = (u32, bool)> {
        (0..).zip(&self.entries).filter(|(_, entry)| !entry.gone).map(|(record, entry)| (record, entry.issuer))
    }

    /// The keys and their records, in order of the keys.
    pub(super) fn sorted(&self) -> Vec<(&str, u32)> {
        let mut all: Vec<(&str, u32)> = self.iter().collect();
        if !all.is_sorted() {
            all.sort_unstable();
        }
        all
    }

    /// Lets go the records whose key is not wanted.
    pub(super) fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        for record in 0..self.entries.len() {
            let gone = !wanted(self.key(record as u32));
            if let Some(entry) = self.entries.get_mut(record) {
                entry.gone |= gone;
            }
        }
        self.sort();
    }

    /// A key as it stands in another list.
    pub(super) fn parse(text: &str) -> Key {
        Key::from(text)
    }
}

/// A hash of a text, eight bytes at a time.
fn hash(text: &str) -> u32 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut hash = text.len() as u64;
    let mut rest = text.as_bytes();
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        hash = (hash.rotate_left(23) ^ u64::from_le_bytes(*word)).wrapping_mul(ODD);
        rest = behind;
    }
    for byte in rest {
        hash = (hash.rotate_left(9) ^ u64::from(*byte)).wrapping_mul(ODD);
    }
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use alloc::format;

    /// Keys of few UIDs and patients, so that they meet; some readers are hostile enough for the order.
    #[test]
    fn finds_what_was_pushed() {
        for (uids, patients) in [(5_000, 1), (3, 10), (40, 2), (2, 200), (1, 1_000)] {
            let (mut keys, mut key, mut known) = (Keys::default(), Key::default(), BTreeMap::new());
            for n in 0..uids * patients * 2 {
                let (uid, id) = (format!("1.2.{}", n % uids), format!("P{}", n / uids % patients));
                key.set(&uid, (true, &id), (n % 3 != 0).then_some(|out: &mut String| out.push_str(BOTH)));
                let expected = known.get(&key.text).copied();
                assert_eq!(keys.get(&key), expected);
                if expected.is_none() {
                    known.insert(key.text.clone(), known.len() as u32);
                    keys.push(&key);
                }
            }
            assert!(known.iter().all(|(text, record)| keys.get(&Key::from(text)) == Some(*record)));
            let listed: Vec<(&str, u32)> = known.iter().map(|(text, record)| (text.as_str(), *record)).collect();
            assert_eq!(keys.sorted(), listed);
            keys.retain(|text| text.contains("P0"));
            assert!(known.iter().all(|(text, record)| keys.get(&Key::from(text)) == Some(*record).filter(|_| text.contains("P0"))));
        }
    }

    /// Keys that are long, and so many that they stand in several lists.
    #[test]
    fn finds_what_stands_in_other_lists() {
        let (mut keys, mut key) = (Keys::default(), Key::default());
        let name = |n: usize| "N".repeat(if n % 100 == 7 { CHUNK / 2 } else { 300 });
        let set =
            |key: &mut Key, n: usize| key.set(&format!("1.2.{}", n % 500), (true, &format!("P{n}{}", name(n))), None::<fn(&mut String)>);
        for n in 0..2_000 {
            set(&mut key, n);
            assert_eq!(keys.get(&key), None);
            keys.push(&key);
        }
        assert!(keys.before.len() > 3);
        for n in 0..2_000 {
            set(&mut key, n);
            assert_eq!(
                (keys.get(&key), keys.is(n as u32, &key), keys.uid_at(n as u32)),
                (Some(n as u32), true, &*format!("=1.2.{}", n % 500))
            );
        }
        keys.retain(|text| !text.contains("P7N"));
        set(&mut key, 7);
        assert_eq!((keys.get(&key), keys.is(7, &key)), (None, false));
        keys.push(&key);
        assert_eq!((keys.get(&key), keys.iter().count()), (Some(2_000), 2_000));
    }

    /// UIDs that all hash alike must not make it quadratic: the order takes over.
    #[test]
    fn colliding_uids_end_in_order() {
        let (mut keys, mut key) = (Keys::default(), Key::default());
        let mask = 0xFFF;
        let mut met = 0;
        for n in 0.. {
            let uid = format!("1.2.{n}");
            if hash(&format!("={uid}")) & mask != 7 {
                continue;
            }
            key.set(&uid, (false, ""), None::<fn(&mut String)>);
            keys.push(&key);
            met += 1;
            if met > 100 {
                break;
            }
        }
        assert!(keys.sorted.is_some());
        key.set("1.2.0", (false, ""), None::<fn(&mut String)>);
        assert_eq!(keys.get(&key).is_some(), hash("=1.2.0") & mask == 7);
    }
}
