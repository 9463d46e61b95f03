//! How a fact is kept: a list of items of fields, as text in the arena of its study.
//!
//! An item is the fields of its [`Kind`](crate::kind), in a fixed order, absent ones empty. All of it is one run of the arena: the
//! number of items, then every field with its length before it. Lengths are written six bits to a character, so that the arena is
//! valid UTF-8 throughout. Two facts are equal when their runs are.

use alloc::string::String;

/// The most fields that a kind has.
pub(crate) const FIELDS: usize = 10;

/// One item: its fields, absent ones empty.
pub(crate) type Fields<'a> = [&'a str; FIELDS];

/// A fact's items.
#[derive(Clone, Copy)]
pub(crate) struct Items<'a> {
    rest: &'a str,
    left: usize,
    fields: usize,
}

impl<'a> Items<'a> {
    /// From a run at the start of `run`, of items of `fields` fields.
    pub(crate) fn at(run: &'a str, fields: usize) -> Self {
        let mut rest = run;
        let left = take_length(&mut rest);
        Items { rest, left, fields }
    }
}

/// A fact of one item, cut behind its first field. What is behind the run belongs to others: a run says itself how long it is.
#[derive(Clone, Copy)]
pub(crate) struct Single<'a> {
    pub(crate) run: &'a str,
    pub(crate) first: &'a str,
    pub(crate) behind: &'a str,
}

/// Bytes of a run that are behind the first field of the fact.
pub(crate) fn behind(fact: &Single<'_>, run: &str) -> usize {
    run.len().saturating_sub(fact.run.len() - fact.behind.len())
}

impl<'a> Items<'a> {
    /// The fact, if it has one item.
    pub(crate) fn single(run: &'a str) -> Option<Single<'a>> {
        let mut rest = run;
        if take_length(&mut rest) != 1 {
            return None;
        }
        let length = take_length(&mut rest);
        let (first, behind) = rest.split_at_checked(length)?;
        Some(Single { run, first, behind })
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Fields<'a>;

    fn next(&mut self) -> Option<Fields<'a>> {
        self.left = self.left.checked_sub(1)?;
        let mut item = [""; FIELDS];
        for slot in item.iter_mut().take(self.fields) {
            let length = take_length(&mut self.rest);
            let (field, rest) = self.rest.split_at_checked(length).unwrap_or(("", ""));
            *slot = field;
            self.rest = rest;
        }
        Some(item)
    }
}

/// Appends a run.
pub(crate) fn push<'a>(out: &mut String, fields: usize, items: impl ExactSizeIterator<Item = Fields<'a>>) {
    push_length(out, items.len());
    for item in items {
        for field in item.iter().take(fields) {
            push_length(out, field.len());
            out.push_str(field);
        }
    }
}

/// Appends the run of one item, of which the filled fields are given in order.
pub(crate) fn push_settled<'f>(out: &mut String, fields: usize, filled: impl Iterator<Item = (usize, &'f str)>) {
    const NONE: &str = "\0\0\0\0\0\0\0\0\0\0";
    push_length(out, 1);
    let mut next = 0;
    for (field, text) in filled {
        out.push_str(NONE.get(..field - next).unwrap_or(""));
        push_length(out, text.len());
        out.push_str(text);
        next = field + 1;
    }
    out.push_str(NONE.get(..fields.saturating_sub(next)).unwrap_or(""));
}

/// Appends the run of one item of one field.
pub(crate) fn push_one(out: &mut String, field: &str) {
    push_length(out, 1);
    push_length(out, field.len());
    out.push_str(field);
}

/// The run at the start of `text`, of items of so many fields.
pub(crate) fn run(text: &str, fields: usize) -> &str {
    let mut items = Items::at(text, fields);
    while items.next().is_some() {}
    text.get(..text.len() - items.rest.len()).unwrap_or("")
}

/// The field of a run of one item of one field.
pub(crate) fn only(run: &str) -> Option<&str> {
    if let [1, length, ..] = run.as_bytes() {
        // Most are short.
        if *length < MORE {
            return run.get(2..2 + usize::from(*length));
        }
    }
    let mut rest = run;
    if take_length(&mut rest) != 1 {
        return None;
    }
    let length = take_length(&mut rest);
    rest.get(..length)
}

/// Whether two facts have as many items, of which the same fields are filled; of the first the run has more behind it.
pub(crate) fn have_same_fields(one: &str, other: &str, fields: usize) -> bool {
    // Runs say how long they are: one that begins with the other is the other.
    if one.as_bytes().starts_with(other.as_bytes()) {
        return true;
    }
    let (mut one, mut other) = (one, other);
    let items = take_length(&mut one);
    if take_length(&mut other) != items {
        return false;
    }
    (0..items.saturating_mul(fields)).all(|_| {
        let (length, other_length) = (take_length(&mut one), take_length(&mut other));
        one = one.get(length..).unwrap_or("");
        other = other.get(other_length..).unwrap_or("");
        (length == 0) == (other_length == 0)
    })
}

/// The digits of a number.
pub(crate) fn decimal(n: u32) -> String {
    alloc::string::ToString::to_string(&n)
}

const MORE: u8 = 0x40;

fn push_length(out: &mut String, mut n: usize) {
    while n >= usize::from(MORE) {
        out.push(char::from(MORE | (n as u8 & (MORE - 1))));
        n >>= 6;
    }
    out.push(char::from(n as u8));
}

/// The length at the start of a run, and what is behind.
#[inline]
pub(crate) fn length(run: &[u8]) -> (usize, &[u8]) {
    let (mut n, mut shift, mut taken) = (0_usize, 0, 0);
    for byte in run {
        taken += 1;
        n |= usize::from(byte & (MORE - 1)) << shift;
        shift += 6;
        if byte & MORE == 0 || shift > 54 {
            break;
        }
    }
    (n, run.get(taken..).unwrap_or_default())
}

fn take_length(rest: &mut &str) -> usize {
    let (n, behind) = length(rest.as_bytes());
    *rest = rest.get(rest.len() - behind.len()..).unwrap_or("");
    n
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    proptest::proptest! {
        #[test]
        fn what_is_pushed_is_there(items in proptest::collection::vec(proptest::array::uniform3(".{0,200}"), 0..70)) {
            let mut arena = String::from("x");
            let rows: Vec<Fields<'_>> = items
                .iter()
                .map(|[a, b, c]| {
                    let mut fields = [""; FIELDS];
                    fields[0] = a;
                    fields[1] = b;
                    fields[2] = c;
                    fields
                })
                .collect();
            push(&mut arena, 3, rows.iter().copied());
            arena.push_str("tail");
            let read: Vec<Fields<'_>> = Items::at(arena.get(1..).unwrap(), 3).collect();
            proptest::prop_assert_eq!(read, rows);
        }
    }
}
