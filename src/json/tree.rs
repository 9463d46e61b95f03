//! JSON values kept whole: for texts whose parts refer to each other. One flat list of nodes over the text, nothing copied that need not be.
//!
//! Names of members are numbers, which the caller gives: a name is looked up once, when it is read, and compared as a number from then on.

use super::raw::Raw;
use super::scan::{Next, Scanner, Stop};
use alloc::string::String;
use alloc::vec::Vec;

/// The number of a node.
pub(crate) type Id = u32;

/// The number of a member's name. 0: there is none, as in arrays and at the top.
pub(crate) type Name = u16;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Object,
    Array,
    Text,
    Number,
    True,
    False,
    Null,
    /// Elements of a list that somebody read in a way of its own.
    Run,
}

/// A value. Small: there is one for each value of the text.
#[derive(Debug)]
pub(super) struct Node<'t> {
    /// Of a string the text as it stands, of a number its digits.
    pub(super) text: &'t str,
    /// The object or array it stands in; at the top itself.
    pub(super) parent: Id,
    /// The node behind the last of what it holds.
    pub(super) end: Id,
    /// Of a string with escapes: which of the decoded ones it is, from 1. Of a list [`ELSEWHERE`], if what it holds was read elsewhere.
    pub(super) decoded: u32,
    pub(super) name: Name,
    pub(super) what: What,
    /// Of a scalar whether it says something; of an object whether it has a member of the name that marks objects.
    pub(super) flag: bool,
}

/// What a list holds that is not empty, though the tree has nothing of it.
pub(super) const ELSEWHERE: u32 = u32::MAX;

impl Node<'_> {
    pub(super) fn is_leaf(&self) -> bool {
        self.flag && self.what != What::Object
    }
}

/// Values, one after the other.
#[derive(Debug)]
pub(crate) struct Tree<'t> {
    pub(super) nodes: Vec<Node<'t>>,
    /// Strings that had escapes.
    decoded: Vec<String>,
    /// The number of a name.
    number: fn(&str) -> Name,
    /// The name that marks objects.
    pub(super) mark: Name,
    /// Names that are in the text, a bit each.
    seen: [u64; SEEN],
    /// Whether something in it says nothing: null, blank text, empty objects and lists.
    pub(super) is_hollow: bool,
}

/// Numbers of names that are looked out for; whoever asks for others hears that they may be there.
pub(crate) const SEEN_NUMBERS: usize = SEEN * 64;
const SEEN: usize = 8;

/// There are more nodes than numbers for them.
pub(crate) struct TooMany;

impl<'t> Tree<'t> {
    /// For a text of `len` bytes, whose names have the numbers that `number` gives them; `mark` marks objects.
    pub(crate) fn new(len: usize, number: fn(&str) -> Name, mark: Name) -> Self {
        // A value is seldom shorter, with its name; a long text may turn out to be one value.
        let nodes = Vec::with_capacity((len / 12).min(1 << 16) + 1);
        Tree { nodes, decoded: Vec::new(), number, mark, seen: [0; SEEN], is_hollow: false }
    }

    /// Forgets all values, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.nodes.clear();
        self.decoded.clear();
        self.seen = [0; SEEN];
        self.is_hollow = false;
    }

    /// Adds the value that `scanner` stands before.
    pub(crate) fn add(&mut self, scanner: &mut Scanner<'t>) -> Result<Result<Id, TooMany>, Stop> {
        let root = self.nodes.len();
        self.value(scanner, 0, root as Id)?;
        self.settle(root as Id);
        Ok(if self.nodes.len() < u32::MAX as usize { Ok(root as Id) } else { Err(TooMany) })
    }

    fn value(&mut self, scanner: &mut Scanner<'t>, name: Name, parent: Id) -> Result<(), Stop> {
        match scanner.peek()? {
            Next::String => {
                let raw = scanner.string()?;
                self.push_raw(raw, name, parent);
            }
            Next::Object => {
                let at = self.push("", What::Object, false, name, parent);
                let mut members = scanner.enter_object()?;
                while let Some(name) = scanner.member(&mut members)? {
                    let name = if name.escaped {
                        let mut text = String::new();
                        name.decode_into(&mut text);
                        self.number_of(&text)
                    } else {
                        self.number_of(name.text)
                    };
                    self.mark(at, name);
                    self.value(scanner, name, at)?;
                }
                self.close(at);
            }
            Next::Array => {
                let at = self.push("", What::Array, false, name, parent);
                let mut elements = scanner.enter_array()?;
                while scanner.element(&mut elements)? {
                    self.value(scanner, 0, at)?;
                }
                self.close(at);
            }
            Next::Number => {
                let digits = scanner.number()?;
                self.push(digits, What::Number, true, name, parent);
            }
            literal => {
                scanner.literal()?;
                let what = match literal {
                    Next::True => What::True,
                    Next::False => What::False,
                    _ => What::Null,
                };
                self.push("", what, what != What::Null, name, parent);
            }
        }
        Ok(())
    }

    /// Adds a node that holds nothing yet.
    #[inline]
    pub(crate) fn push(&mut self, text: &'t str, what: What, flag: bool, name: Name, parent: Id) -> Id {
        let at = self.nodes.len() as Id;
        self.is_hollow |= !flag && !matches!(what, What::Object | What::Array | What::Run);
        self.nodes.push(Node { text, parent, end: at.wrapping_add(1), decoded: 0, name, what, flag });
        at
    }

    /// Adds a string as it stands in the text.
    pub(super) fn push_raw(&mut self, raw: Raw<'t>, name: Name, parent: Id) {
        self.push(raw.text, What::Text, !raw.is_blank(), name, parent);
        if raw.escaped {
            let mut text = String::with_capacity(raw.text.len());
            raw.decode_into(&mut text);
            self.decoded.push(text);
            let decoded = self.decoded.len() as u32;
            self.nodes.last_mut().into_iter().for_each(|node| node.decoded = decoded);
        }
    }

    /// Everything behind `at` is what it holds.
    pub(super) fn close(&mut self, at: Id) {
        let end = self.nodes.len() as Id;
        if let Some(node) = self.nodes.get_mut(at as usize) {
            node.end = end;
        }
        self.is_hollow |= end == at.wrapping_add(1) && self.nodes.get(at as usize).is_none_or(|node| node.decoded != ELSEWHERE);
    }

    /// Somebody has read what a list holds.
    pub(super) fn is_read(&mut self, list: Id) {
        self.nodes.get_mut(list as usize).into_iter().for_each(|node| node.decoded = ELSEWHERE);
    }

    /// An object has a member of this name.
    #[inline]
    pub(super) fn mark(&mut self, object: Id, name: Name) {
        if name == self.mark {
            self.nodes.get_mut(object as usize).into_iter().for_each(|node| node.flag = true);
        }
    }

    #[inline]
    pub(super) fn number_of(&mut self, name: &str) -> Name {
        let number = (self.number)(name);
        if let Some(bits) = self.seen.get_mut(usize::from(number / 64)) {
            *bits |= 1 << (number % 64);
        }
        number
    }

    /// Whether the text may have a member of this name.
    pub(crate) fn has(&self, name: Name) -> bool {
        self.seen.get(usize::from(name / 64)).is_none_or(|bits| bits & (1 << (name % 64)) != 0)
    }

    /// Whether an object has a member of the name that marks objects.
    pub(crate) fn is_marked(&self, id: Id) -> bool {
        self.nodes.get(id as usize).is_some_and(|node| node.what == What::Object && node.flag)
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn what(&self, id: Id) -> Option<What> {
        self.nodes.get(id as usize).map(|node| node.what)
    }

    /// The object or array that a node stands in; at the top itself.
    pub(crate) fn parent(&self, id: Id) -> Id {
        self.nodes.get(id as usize).map_or(id, |node| node.parent)
    }

    /// Of a node on the way up: its name, whether it is an object with a member of the name that marks objects, and where it stands.
    pub(crate) fn step(&self, id: Id) -> Option<(Name, bool, Id)> {
        let node = self.nodes.get(id as usize)?;
        Some((node.name, node.what == What::Object && node.flag, node.parent))
    }

    pub(crate) fn is_object(&self, id: Id) -> bool {
        self.what(id) == Some(What::Object)
    }

    pub(crate) fn is_array(&self, id: Id) -> bool {
        self.what(id) == Some(What::Array)
    }

    /// The nodes below `id` and itself.
    pub(crate) fn span(&self, id: Id) -> core::ops::Range<Id> {
        id..self.nodes.get(id as usize).map_or(id, |node| node.end)
    }

    /// About how many bytes of the text the nodes below `id` are: from the first scalar to the last.
    pub(crate) fn bytes(&self, id: Id) -> usize {
        // Only texts of scalars are parts of the whole.
        let mut texts = self.below(id).iter().map(|node| node.text).filter(|text| !text.is_empty());
        let (Some(first), last) = (texts.next(), texts.next_back()) else { return 0 };
        let last = last.unwrap_or(first);
        (last.as_ptr() as usize).saturating_add(last.len()).saturating_sub(first.as_ptr() as usize)
    }

    fn below(&self, id: Id) -> &[Node<'_>] {
        let span = self.span(id);
        self.nodes.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// The first member of this name that says something.
    pub(crate) fn member(&self, object: Id, name: Name) -> Option<Id> {
        let node = self.nodes.get(object as usize).filter(|node| node.what == What::Object)?;
        let mut at = object + 1;
        while at < node.end {
            let member = self.nodes.get(at as usize)?;
            if member.name == name && !member.is_nothing() {
                return Some(at);
            }
            at = member.end;
        }
        None
    }

    pub(crate) fn is_named(&self, id: Id, name: Name) -> bool {
        self.name(id) == name
    }

    /// The number of a member's name.
    pub(crate) fn name(&self, id: Id) -> Name {
        self.nodes.get(id as usize).map_or(0, |node| node.name)
    }

    /// The text of a string, the digits of a number.
    pub(crate) fn text(&self, id: Id) -> Option<&str> {
        let node = self.nodes.get(id as usize)?;
        match node.what {
            What::Text => Some(match (node.decoded as usize).checked_sub(1) {
                None => node.text,
                Some(decoded) => self.decoded.get(decoded).map_or("", String::as_str),
            }),
            What::Number => Some(node.text),
            _ => None,
        }
    }

    /// What a node is, and its text if it is a leaf that has one.
    pub(crate) fn scalar(&self, id: Id) -> Option<(What, Option<&str>)> {
        let node = self.nodes.get(id as usize)?;
        let text = match node.what {
            What::Text if node.decoded != 0 => self.text(id),
            What::Text | What::Number => Some(node.text),
            _ => None,
        };
        Some((node.what, text.filter(|_| node.is_leaf())))
    }

    /// Whether the node is a leaf: a scalar that says something.
    pub(crate) fn is_leaf(&self, id: Id) -> bool {
        self.nodes.get(id as usize).is_some_and(Node::is_leaf)
    }

    /// Every leaf, in order.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = Id> + '_ {
        self.nodes.iter().zip(0..).filter(|(node, _)| node.is_leaf()).map(|(_, id)| id)
    }

    /// Whether two values say the same, in whatever order members stand, and with whatever white space round texts. Members whose names nobody
    /// knows say nothing here.
    pub(crate) fn is_same(&self, one: Id, other: Id) -> bool {
        // No name has this sign.
        let unknown = (self.number)("?");
        let members = |object: Id| {
            let named = self.children(object).filter(|member| self.name(*member) != unknown);
            let mut members: Vec<(Name, Id)> = named.map(|member| (self.name(member), member)).collect();
            members.sort_by_key(|(name, _)| *name);
            members
        };
        match (self.what(one), self.what(other)) {
            (Some(What::Object), Some(What::Object)) => {
                let (ones, others) = (members(one), members(other));
                let is_same =
                    |((name, one), (other_name, other)): (&(Name, Id), &(Name, Id))| name == other_name && self.is_same(*one, *other);
                ones.len() == others.len() && ones.iter().zip(&others).all(is_same)
            }
            (Some(What::Array), Some(What::Array)) => {
                let (mut ones, mut others) = (self.children(one), self.children(other));
                ones.all(|one| others.next().is_some_and(|other| self.is_same(one, other))) && others.next().is_none()
            }
            (Some(What::Run), _) | (None, _) => false,
            (own, its) => own == its && self.text(one).map(str::trim) == self.text(other).map(str::trim),
        }
    }

    /// The number of a member among those of its object, from 0.
    pub(crate) fn ordinal(&self, id: Id) -> u32 {
        self.all(self.parent(id)).position(|child| child == id).unwrap_or(0) as u32
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_walked() {
        let text = br#"{"a":[1,{"\u0062":"x\u0041"},null],"a":" ","c":true,"d":"\u0020\n"}"#;
        let mut tree = Tree::new(text.len(), |name| Name::from(name.as_bytes().first().copied().unwrap_or(0)), Name::from(b'b'));
        let root = tree.add(&mut Scanner::new(text, 8, true)).unwrap().ok().unwrap();
        let name = |c: char| c as Name;
        let a = tree.member(root, name('a')).unwrap();
        assert_eq!((tree.children(a).count(), tree.all(a).count()), (2, 3));
        let object = tree.children(a).nth(1).unwrap();
        let b = tree.member(object, name('b')).unwrap();
        assert!(tree.is_marked(object) && !tree.is_marked(root) && !tree.is_leaf(object));
        assert!(tree.has(name('b')) && !tree.has(name('x')));
        assert_eq!((tree.text(b), tree.name(b)), (Some("xA"), name('b')));
        assert_eq!(tree.span(root).filter(|id| tree.is_leaf(*id)).count(), 3);
        assert_eq!(tree.leaves().collect::<Vec<Id>>(), [a + 1, b, tree.member(root, name('c')).unwrap()]);
        assert_eq!(tree.ordinal(tree.member(root, name('c')).unwrap()), 2);
        assert!(tree.is_hollow());
        assert_eq!((tree.parent(root), tree.parent(a)), (root, root));
        assert_eq!(tree.member(root, name('x')), None);
        assert_eq!(tree.member(root, name('d')), None);
    }
}
