//! JSON values kept whole: for texts whose parts refer to each other. One flat list of nodes over the text, nothing copied that need not be.

use super::raw::Raw;
use super::scan::{Next, Scanner, Stop};
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// The number of a node.
pub(crate) type Id = u32;

/// What a node is.
#[derive(Debug)]
pub(crate) enum What<'t> {
    Object,
    Array,
    /// Decoded.
    Text(Cow<'t, str>),
    Number(&'t str),
    True,
    False,
    Null,
}

/// A value.
#[derive(Debug)]
pub(crate) struct Node<'t> {
    pub(crate) what: What<'t>,
    /// The member's name it stands under; none at the top and in arrays.
    name: Option<Raw<'t>>,
    /// The object or array it stands in; at the top itself.
    pub(crate) parent: Id,
    /// The node behind the last of what it holds.
    end: Id,
}

/// Values, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
}

/// There are more nodes than numbers for them.
pub(crate) struct TooMany;

impl<'t> Tree<'t> {
    /// Adds the value that `scanner` stands before.
    pub(crate) fn add(&mut self, scanner: &mut Scanner<'t>) -> Result<Result<Id, TooMany>, Stop> {
        let root = self.nodes.len();
        self.value(scanner, None, root as Id)?;
        Ok(if self.nodes.len() < u32::MAX as usize { Ok(root as Id) } else { Err(TooMany) })
    }

    fn value(&mut self, scanner: &mut Scanner<'t>, name: Option<Raw<'t>>, parent: Id) -> Result<(), Stop> {
        let next = scanner.peek()?;
        let at = self.nodes.len();
        self.nodes.push(Node { what: What::Null, name, parent, end: at as Id + 1 });
        let what = match next {
            Next::Object => {
                let mut members = scanner.enter_object()?;
                while let Some(name) = scanner.member(&mut members)? {
                    self.value(scanner, Some(name), at as Id)?;
                }
                What::Object
            }
            Next::Array => {
                let mut elements = scanner.enter_array()?;
                while scanner.element(&mut elements)? {
                    self.value(scanner, None, at as Id)?;
                }
                What::Array
            }
            Next::String => {
                let raw = scanner.string()?;
                What::Text(if raw.escaped {
                    let mut text = String::with_capacity(raw.text.len());
                    raw.decode_into(&mut text);
                    Cow::Owned(text)
                } else {
                    Cow::Borrowed(raw.text)
                })
            }
            Next::Number => What::Number(scanner.number()?),
            Next::True => {
                scanner.literal()?;
                What::True
            }
            Next::False => {
                scanner.literal()?;
                What::False
            }
            Next::Null => {
                scanner.literal()?;
                What::Null
            }
        };
        let end = self.nodes.len() as Id;
        if let Some(node) = self.nodes.get_mut(at) {
            node.what = what;
            node.end = end;
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn get(&self, id: Id) -> Option<&Node<'t>> {
        self.nodes.get(id as usize)
    }

    pub(crate) fn is_object(&self, id: Id) -> bool {
        self.get(id).is_some_and(|node| matches!(node.what, What::Object))
    }

    pub(crate) fn is_array(&self, id: Id) -> bool {
        self.get(id).is_some_and(|node| matches!(node.what, What::Array))
    }

    /// What an object or array holds.
    pub(crate) fn children(&self, id: Id) -> Children<'_, 't> {
        let end = self.get(id).map_or(0, |node| node.end);
        Children { tree: self, next: id + 1, end }
    }

    /// The nodes below `id` and itself.
    pub(crate) fn span(&self, id: Id) -> core::ops::Range<Id> {
        id..self.get(id).map_or(id, |node| node.end)
    }

    /// The first member of this name.
    pub(crate) fn member(&self, object: Id, name: &str) -> Option<Id> {
        if !self.is_object(object) {
            return None;
        }
        self.children(object).find(|child| self.is_named(*child, name))
    }

    pub(crate) fn is_named(&self, id: Id, name: &str) -> bool {
        self.get(id).and_then(|node| node.name).is_some_and(|own| own.is(name))
    }

    /// The name of a member, decoded.
    pub(crate) fn name(&self, id: Id) -> Option<Cow<'t, str>> {
        let raw = self.get(id)?.name?;
        Some(if raw.escaped {
            let mut text = String::new();
            raw.decode_into(&mut text);
            Cow::Owned(text)
        } else {
            Cow::Borrowed(raw.text)
        })
    }

    /// The text of a string, the digits of a number.
    pub(crate) fn text(&self, id: Id) -> Option<&str> {
        match &self.get(id)?.what {
            What::Text(text) => Some(text),
            What::Number(digits) => Some(digits),
            _ => None,
        }
    }

    /// Whether the node is a leaf: a scalar that says something.
    pub(crate) fn is_leaf(&self, id: Id) -> bool {
        match self.get(id).map(|node| &node.what) {
            Some(What::Text(text)) => text.chars().any(|c| !c.is_whitespace() && !c.is_control()),
            Some(What::Number(_) | What::True | What::False) => true,
            _ => false,
        }
    }

    /// The number of a member among those of its object, from 0.
    pub(crate) fn ordinal(&self, id: Id) -> u32 {
        let parent = self.get(id).map_or(0, |node| node.parent);
        self.children(parent).position(|child| child == id).unwrap_or(0) as u32
    }
}

/// The children of a node, in order.
pub(crate) struct Children<'d, 't> {
    tree: &'d Tree<'t>,
    next: Id,
    end: Id,
}

impl Iterator for Children<'_, '_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        if self.next >= self.end {
            return None;
        }
        let at = self.next;
        self.next = self.tree.get(at).map_or(self.end, |node| node.end);
        Some(at)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_walked() {
        let text = br#"{"a":[1,{"b":"x\u0041"},null],"a":" ","c":true}"#;
        let mut tree = Tree::default();
        let root = tree.add(&mut Scanner::new(text, 8, true)).unwrap().ok().unwrap();
        let a = tree.member(root, "a").unwrap();
        assert_eq!(tree.children(a).count(), 3);
        let b = tree.member(tree.children(a).nth(1).unwrap(), "b").unwrap();
        assert_eq!((tree.text(b), tree.name(b).as_deref()), (Some("xA"), Some("b")));
        assert_eq!(tree.span(root).filter(|id| tree.is_leaf(*id)).count(), 3);
        assert_eq!(tree.ordinal(tree.member(root, "c").unwrap()), 2);
    }
}
