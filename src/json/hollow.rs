//! What says nothing in a tree: `null`, blank text, and objects and lists in which nothing says anything. It is as if it were not there.

use super::tree::{ELSEWHERE, Id, Node, Tree, What};
use alloc::vec::Vec;

impl Node<'_> {
    /// Whether it says nothing.
    pub(super) fn is_nothing(&self) -> bool {
        !self.flag && !matches!(self.what, What::Object | What::Array | What::Run)
    }
}

impl<'t> Tree<'t> {
    /// What says nothing is as if it were not there, whatever its form is: objects and lists in which nothing says anything are null. (The value that begins
    /// at `root` stays what it is.)
    pub(super) fn settle(&mut self, root: Id) {
        if !self.is_hollow {
            return;
        }
        let (root, len) = (root as usize, self.nodes.len());
        let mut says = alloc::vec![false; len.saturating_sub(root)];
        let mut marks: Vec<Id> = Vec::new();
        // What an object holds comes behind it.
        for at in (root + 1..len).rev() {
            let Some(node) = self.nodes.get_mut(at) else { continue };
            let is_elsewhere = node.what == What::Run || node.what == What::Array && node.decoded == ELSEWHERE;
            let is_said = node.is_leaf() || is_elsewhere || says.get(at - root).copied().unwrap_or(false);
            let parent = node.parent;
            if !is_said {
                (node.what, node.flag) = (What::Null, false);
            } else if let Some(says) = (parent as usize).checked_sub(root).and_then(|at| says.get_mut(at)) {
                *says = true;
            }
            if node.name == self.mark && node.name != 0 {
                if is_said {
                    marks.push(parent);
                } else if let Some(object) = self.nodes.get_mut(parent as usize) {
                    object.flag = false;
                }
            }
        }
        for object in marks {
            self.nodes.get_mut(object as usize).into_iter().filter(|node| node.what == What::Object).for_each(|node| node.flag = true);
        }
    }

    /// Whether something in it says nothing, and is left out of what objects and lists hold.
    pub(crate) fn is_hollow(&self) -> bool {
        self.is_hollow
    }

    /// What an object or array holds, but for what says nothing.
    pub(crate) fn children(&self, id: Id) -> Children<'_, 't> {
        Children { leaves_out: self.is_hollow, ..self.all(id) }
    }

    /// Everything that an object or array holds.
    pub(crate) fn all(&self, id: Id) -> Children<'_, 't> {
        let end = self.nodes.get(id as usize).map_or(0, |node| node.end);
        Children { tree: self, next: id + 1, end, leaves_out: false }
    }

    /// Whether a node says nothing.
    pub(crate) fn is_nothing(&self, id: Id) -> bool {
        self.nodes.get(id as usize).is_none_or(Node::is_nothing)
    }
}

/// The children of a node, in order.
#[derive(Clone)]
pub(crate) struct Children<'d, 't> {
    tree: &'d Tree<'t>,
    next: Id,
    end: Id,
    leaves_out: bool,
}

impl Iterator for Children<'_, '_> {
    type Item = Id;

    fn next(&mut self) -> Option<Id> {
        while self.next < self.end {
            let at = self.next;
            let node = self.tree.nodes.get(at as usize);
            self.next = node.map_or(self.end, |node| node.end);
            if !self.leaves_out || node.is_some_and(|node| !node.is_nothing()) {
                return Some(at);
            }
        }
        None
    }
}
