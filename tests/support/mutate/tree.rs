//! JSON as it is spelled: names and scalars keep their text, members their order, and there may be several of one name.

use super::super::generate::Choices;
use serde::de::IgnoredAny;
use std::fmt;

/// White space of JSON.
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// A value; names and scalars are JSON text.
#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Scalar(String),
}

impl Node {
    /// The value that a text is, unless it is none, or deep.
    pub fn parse(text: &str) -> Option<Node> {
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        let (node, rest) = value(text, 0)?;
        rest.trim_start_matches(BLANK).is_empty().then_some(node)
    }

    /// A text as a scalar.
    pub fn text(text: &str) -> Node {
        Node::Scalar(serde_json::Value::from(text).to_string())
    }

    /// How many values there are, itself and below.
    pub fn size(&self) -> usize {
        1 + self.children().map(Node::size).sum::<usize>()
    }

    fn children(&self) -> Box<dyn Iterator<Item = &Node> + '_> {
        match self {
            Node::Object(members) => Box::new(members.iter().map(|(_, value)| value)),
            Node::Array(items) => Box::new(items.iter()),
            Node::Scalar(_) => Box::new(std::iter::empty()),
        }
    }

    /// One of its values, itself included.
    pub fn any(&mut self, c: &mut Choices<'_>) -> &mut Node {
        let n = c.below(self.size());
        self.nth(&|_| true, n)
    }

    /// One of the values that are so; if none is, itself.
    pub fn any_that(&mut self, c: &mut Choices<'_>, is: &dyn Fn(&Node) -> bool) -> &mut Node {
        let n = c.below(self.count(is));
        self.nth(is, n)
    }

    fn count(&self, is: &dyn Fn(&Node) -> bool) -> usize {
        usize::from(is(self)) + self.children().map(|child| child.count(is)).sum::<usize>()
    }

    fn nth(&mut self, is: &dyn Fn(&Node) -> bool, mut n: usize) -> &mut Node {
        if is(self) {
            if n == 0 {
                return self;
            }
            n -= 1;
        }
        let mut within = None;
        for (at, child) in self.children().enumerate() {
            let count = child.count(is);
            if n < count {
                within = Some(at);
                break;
            }
            n -= count;
        }
        match (within, self) {
            (Some(at), Node::Object(members)) => members[at].1.nth(is, n),
            (Some(at), Node::Array(items)) => items[at].nth(is, n),
            (_, own) => own,
        }
    }

    /// Puts a value somewhere: instead of another, or beside others.
    pub fn put(&mut self, c: &mut Choices<'_>, part: Node) {
        let own = self.any(c);
        match own {
            Node::Array(items) => {
                let at = c.below(items.len() + 1);
                items.insert(at, part);
            }
            Node::Object(members) if !members.is_empty() => {
                let at = c.below(members.len());
                members[at].1 = part;
            }
            _ => *own = part,
        }
    }

    /// The members, if it is an object.
    pub fn members(&mut self) -> Option<&mut Vec<(String, Node)>> {
        if let Node::Object(members) = self { Some(members) } else { None }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Object(members) => {
                f.write_str("{")?;
                for (n, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{name}:{value}", if n > 0 { "," } else { "" })?;
                }
                f.write_str("}")
            }
            Node::Array(items) => {
                f.write_str("[")?;
                for (n, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if n > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Node::Scalar(text) => f.write_str(text),
        }
    }
}

/// The items of the array that a text is, as they are spelled; none: it is no array, or deep.
pub fn items(text: &str) -> Option<Vec<&str>> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let (mut items, mut rest) = (Vec::new(), text.trim_start_matches(BLANK).strip_prefix('[')?.trim_start_matches(BLANK));
    while !rest.starts_with(']') {
        let (_, behind) = value(rest, 1)?;
        items.push(rest[..rest.len() - behind.len()].trim_end_matches(BLANK));
        rest = behind.trim_start_matches(BLANK);
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(BLANK);
    }
    Some(items)
}

/// A value at the start of a text that is known to be JSON, and what stands behind it.
fn value(text: &str, depth: usize) -> Option<(Node, &str)> {
    let text = text.trim_start_matches(BLANK);
    if depth > 60 {
        return None;
    }
    match text.chars().next()? {
        '{' => {
            let (mut members, mut rest) = (Vec::new(), text[1..].trim_start_matches(BLANK));
            while !rest.starts_with('}') {
                let (name, behind) = token(rest)?;
                let (node, behind) = value(behind.trim_start_matches(BLANK).strip_prefix(':')?, depth + 1)?;
                members.push((name.to_owned(), node));
                rest = behind.trim_start_matches(BLANK);
                rest = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(BLANK);
            }
            Some((Node::Object(members), &rest[1..]))
        }
        '[' => {
            let (mut items, mut rest) = (Vec::new(), text[1..].trim_start_matches(BLANK));
            while !rest.starts_with(']') {
                let (node, behind) = value(rest, depth + 1)?;
                items.push(node);
                rest = behind.trim_start_matches(BLANK);
                rest = rest.strip_prefix(',').unwrap_or(rest).trim_start_matches(BLANK);
            }
            Some((Node::Array(items), &rest[1..]))
        }
        _ => token(text).map(|(text, rest)| (Node::Scalar(text.to_owned()), rest)),
    }
}

/// A string with its quotes, or what stands up to the next sign.
fn token(text: &str) -> Option<(&str, &str)> {
    let Some(inside) = text.strip_prefix('"') else {
        let end = text.find([',', ':', '}', ']', ' ', '\n', '\t', '\r']).unwrap_or(text.len());
        return (end > 0).then(|| text.split_at(end));
    };
    let mut escaped = false;
    let end = inside.find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    })?;
    Some(text.split_at(end + 2))
}
