//! Trees of texts that are as they should be. Whatever is not goes the strict way from the beginning, which tells what is wrong and where.

use super::scan::Scanner;
use super::tree::{Id, Name, Tree, What};
use super::words::{number, plain};
use alloc::string::String;
use alloc::vec::Vec;

impl<'t> Tree<'t> {
    /// The objects that a text holds one after the other, if it is JSON of at most `depth` levels and holds nothing else.
    pub(crate) fn quick(text: &'t str, depth: u32, number: fn(&str) -> Name, mark: Name) -> Option<(Self, Vec<Id>)> {
        let mut quick = Quick::new(text, depth, Tree::new(text.len(), number, mark));
        let mut roots = Vec::new();
        while let Some(b'{') = quick.next() {
            roots.push(quick.object(&mut ())?);
        }
        let is_whole = quick.at >= text.len() && quick.tree.len() < u32::MAX as usize;
        is_whole.then_some((quick.tree, roots))
    }
}

/// Who reads some lists in a way of its own.
pub(crate) trait Lists<'t> {
    /// Reads what the list `array` of this name holds, to behind its bracket; whether it did. `None`: the text is left to others.
    /// `depth` levels are open, the list one of them.
    fn list(&mut self, quick: &mut Quick<'t>, name: Name, array: Id, depth: u32) -> Option<bool>;
}

/// Nobody.
impl<'t> Lists<'t> for () {
    #[inline]
    fn list(&mut self, _: &mut Quick<'t>, _: Name, _: Id, _: u32) -> Option<bool> {
        Some(false)
    }
}

/// A text on its way into a tree.
pub(crate) struct Quick<'t> {
    pub(crate) tree: Tree<'t>,
    text: &'t str,
    at: usize,
    max_depth: u32,
}

impl<'t> Quick<'t> {
    pub(crate) fn new(text: &'t str, max_depth: u32, tree: Tree<'t>) -> Self {
        Quick { tree, text, at: 0, max_depth }
    }

    /// Where it stands.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What is left of the text.
    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Goes on behind `bytes` more bytes.
    pub(crate) fn pass(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// What becomes of `object` with another tree, where `depth` levels are open already; that tree.
    pub(crate) fn apart(&mut self, tree: Tree<'t>, depth: u32, lists: &mut impl Lists<'t>) -> Option<(Tree<'t>, Id)> {
        let own = core::mem::replace(&mut self.tree, tree);
        self.max_depth = self.max_depth.checked_sub(depth)?;
        let root = self.object(lists)?;
        self.max_depth += depth;
        Some((core::mem::replace(&mut self.tree, own), root))
    }

    /// Whether so many levels may be open.
    pub(crate) fn has_room(&self, depth: u32) -> bool {
        depth <= self.max_depth
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space.
    pub(crate) fn next(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                next => return next,
            }
        }
    }

    /// Takes what comes behind an element of a list: whether another element comes, or the list has ended.
    pub(crate) fn goes_on(&mut self) -> Option<bool> {
        let goes_on = match self.next()? {
            b',' => true,
            b']' => false,
            _ => return None,
        };
        self.at += 1;
        Some(goes_on)
    }

    /// The object that comes next, with all that it holds.
    pub(crate) fn object(&mut self, lists: &mut impl Lists<'t>) -> Option<Id> {
        let root = self.tree.len() as Id;
        self.value(0, root, 0, lists)?;
        self.tree.settle(root);
        Some(root)
    }

    /// The value that comes next, with all that it holds, where `depth` levels are open.
    pub(crate) fn value(&mut self, name: Name, within: Id, mut depth: u32, lists: &mut impl Lists<'t>) -> Option<()> {
        let (first_depth, mut within, mut is_object, mut name) = (depth, within, false, name);
        loop {
            // A value.
            let mut opened = match self.next()? {
                b'"' => {
                    self.string(name, within)?;
                    false
                }
                open @ (b'{' | b'[') => {
                    if depth >= self.max_depth {
                        return None;
                    }
                    depth += 1;
                    self.at += 1;
                    is_object = open == b'{';
                    let what = if is_object { What::Object } else { What::Array };
                    within = self.tree.push("", what, false, name, within);
                    true
                }
                b't' => self.literal("true", What::True, name, within)?,
                b'f' => self.literal("false", What::False, name, within)?,
                b'n' => self.literal("null", What::Null, name, within)?,
                _ => self.number(name, within)?,
            };
            let is_filled = opened && !is_object && self.next()? != b']';
            let mut closed = opened && !is_object && lists.list(self, name, within, depth)?;
            if closed && is_filled && self.tree.len() as Id == within + 1 {
                self.tree.is_read(within);
            }
            // What stands between it and the next one.
            loop {
                if closed {
                    self.tree.close(within);
                    depth -= 1;
                    within = self.tree.parent(within);
                    opened = false;
                }
                if depth == first_depth {
                    return Some(());
                }
                if closed {
                    is_object = self.tree.is_object(within);
                }
                closed = true;
                match self.next()? {
                    b'}' if is_object => self.at += 1,
                    b']' if !is_object => self.at += 1,
                    b',' if !opened => {
                        self.at += 1;
                        break;
                    }
                    _ if opened => break,
                    _ => return None,
                }
            }
            name = if is_object { self.name(within)? } else { 0 };
        }
    }

    /// A member's name and the colon behind it.
    fn name(&mut self, object: Id) -> Option<Name> {
        if self.next()? != b'"' {
            return None;
        }
        let start = self.at + 1;
        let end = start + plain(self.text.as_bytes().get(start..)?);
        self.at = end;
        let number = match self.byte()? {
            b'"' => {
                self.at += 1;
                self.tree.number_of(self.text.get(start..end)?)
            }
            _ => {
                let text = self.escaped(start)?;
                let mut decoded = String::new();
                text.decode_into(&mut decoded);
                self.tree.number_of(&decoded)
            }
        };
        self.tree.mark(object, number);
        if self.next()? != b':' {
            return None;
        }
        self.at += 1;
        Some(number)
    }

    fn string(&mut self, name: Name, within: Id) -> Option<()> {
        let start = self.at + 1;
        let end = start + plain(self.text.as_bytes().get(start..)?);
        self.at = end;
        if self.byte()? == b'"' {
            self.at += 1;
            let text = self.text.get(start..end)?;
            let says = matches!(text.as_bytes().first(), Some(b'!'..=b'~')) || text.chars().any(|c| !c.is_whitespace() && !c.is_control());
            self.tree.push(text, What::Text, says, name, within);
        } else {
            let raw = self.escaped(start)?;
            self.tree.push_raw(raw, name, within);
        }
        Some(())
    }

    /// A string with escapes, whose first byte is at `start`: checked by the scanner.
    fn escaped(&mut self, start: usize) -> Option<super::raw::Raw<'t>> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).filter(|byte| **byte != b'"') {
            self.at += if *byte == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let mut scanner = Scanner::new(bytes.get(start.checked_sub(1)?..self.at)?, 1, true);
        scanner.peek().ok()?;
        let raw = scanner.string().ok()?;
        scanner.is_done().then_some(raw)
    }

    /// A literal; it opens nothing.
    fn literal(&mut self, word: &str, what: What, name: Name, within: Id) -> Option<bool> {
        if !self.text.as_bytes().get(self.at..)?.starts_with(word.as_bytes()) {
            return None;
        }
        self.at += word.len();
        self.tree.push("", what, what != What::Null, name, within);
        Some(false)
    }

    /// A number; it opens nothing.
    fn number(&mut self, name: Name, within: Id) -> Option<bool> {
        let rest = self.rest();
        let digits = rest.get(..number(rest.as_bytes()).ok()?)?;
        self.at += digits.len();
        self.tree.push(digits, What::Number, true, name, within);
        Some(false)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn number(name: &str) -> Name {
        name.bytes().fold(7, |number, byte| (number * 31 + Name::from(byte)) % 250)
    }

    /// What the strict way makes of a text that holds objects only.
    fn strict(text: &str) -> Option<(Tree<'_>, Vec<Id>)> {
        let (mut tree, mut roots, mut scanner) =
            (Tree::new(text.len(), number, number("a")), Vec::new(), Scanner::new(text.as_bytes(), 5, true));
        while !scanner.is_done() {
            scanner.peek().ok()?;
            let root = tree.add(&mut scanner).ok()?.ok()?;
            if !tree.is_object(root) {
                return None;
            }
            roots.push(root);
        }
        Some((tree, roots))
    }

    fn agree(text: &str) -> bool {
        let (quick, strict) = (Tree::quick(text, 5, number, number("a")), strict(text));
        assert_eq!(quick.is_some(), strict.is_some(), "{text}");
        if let (Some((quick, roots)), Some((strict, strict_roots))) = (&quick, &strict) {
            assert_eq!((roots, alloc::format!("{quick:?}")), (strict_roots, alloc::format!("{strict:?}")), "{text}");
        }
        quick.is_some()
    }

    #[test]
    fn quick_is_strict() {
        for good in [
            "",
            " ",
            "{}",
            r#" { "a" : [ 1 , { "\u0061" : "x\u0041" } , null, [], {} ] , "a":" ","c":true,"d":"\u0020\n","é":"é","":false}"#,
            r#"{"a":-0.5e+7,"b":0} {"c":"a string that is longer than a word, \"quoted\""}"#,
            r#"{"a":{"a":{"a":{"a":{}}}}}"#,
        ] {
            assert!(agree(good), "{good}");
        }
        for bad in [
            "1",
            "[]",
            "{",
            "}",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":[,1]}"#,
            r#"{"a":[1}"#,
            r#"{"a":1]"#,
            r#"{"a" 1}"#,
            r#"{"a":01}"#,
            r#"{"a":1.}"#,
            r#"{"a":-}"#,
            r#"{"a":tru}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a\":1}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":"b"#,
            r#"{"a":"b\"#,
            r#"{"a":"b\""#,
            r#"{"a":1}x"#,
            r#"{"a":1},{"b":1}"#,
            r#"{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}"#,
        ] {
            assert!(!agree(bad), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn quick_is_strict_on_soup(parts in proptest::collection::vec(proptest::sample::select(&[
            "{", "}", "[", "]", ",", ":", "\"a\":", "\"a\"", "\"\\u0061\":", "\"long enough for two words\"", "1", "-1.5e3", "0", "true", "null",
            " ", "\\", "\"", "é", "{\"b\":", "}}", "\"\\n\"", "\u{1}",
        ][..]), 0..14)) {
            agree(&parts.concat());
        }
    }
}
