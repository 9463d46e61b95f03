//! Instances that say what they are and nothing else: nearly all that a series has. Those of one class differ in UID and number, and are written
//! around a text that is made once.

use super::attributes::{Head, begin, finish, head, is_plain};
use super::frame::Frame;
use super::hold::limit;
use super::walk::Walk;
use crate::study::Instance;
use crate::table::{Level, RowRef, Source, Vr, row};
use alloc::vec::Vec;

/// Texts that are kept, of classes that come in turn.
const TEXTS: usize = 4;

/// Bytes that room is made for at once, at most: what comes may be cut short.
const ROOM: usize = 1 << 24;

/// What stands where in such a text.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    Uid,
    Number,
}

/// The data set of an instance but for its UID and its number.
struct Text {
    /// Where the class is in the record, and whether there is a number.
    class: u32,
    numbered: bool,
    text: Vec<u8>,
    /// Where the gaps are, in order.
    gaps: Vec<(usize, Gap)>,
}

/// The texts of a series.
#[derive(Default)]
pub(super) struct Usual {
    texts: Vec<Text>,
    made: usize,
}

impl Usual {
    /// Writes the data set of an instance, if it is a usual one; whether it did. Nothing is lost of it, and it is no first of its series.
    /// `left` instances come, this one among them.
    pub(super) fn write<'a>(&mut self, walk: &mut Walk<'a>, instance: Instance<'a>, left: usize, frame: &Frame, out: &mut Vec<u8>) -> bool {
        let Some((uid, class, number)) = instance.usual() else { return false };
        let fits = uid.len() <= limit(Vr::Ui).0 && is_plain(uid.as_bytes()) && number.len() <= limit(Vr::Is).0;
        if !fits {
            return false;
        }
        let is = |text: &Text| text.class == class && text.numbered != number.is_empty();
        let at = match self.texts.iter().position(is) {
            Some(at) => at,
            // A series in which more classes come in turn goes the long way.
            None if self.made >= TEXTS => return false,
            None => {
                let Some(text) = walk.usual(instance, class, !number.is_empty(), frame) else { return false };
                self.made += 1;
                // Others are as long.
                out.reserve((text.text.len() + 2 * uid.len() + number.len()).saturating_mul(left).min(ROOM));
                self.texts.push(text);
                self.texts.len() - 1
            }
        };
        let Some(text) = self.texts.get(at) else { return false };
        let mut from = 0;
        for (to, gap) in &text.gaps {
            out.extend_from_slice(text.text.get(from..*to).unwrap_or_default());
            out.extend_from_slice(if *gap == Gap::Uid { uid.as_bytes() } else { number.as_bytes() });
            from = *to;
        }
        out.extend_from_slice(text.text.get(from..).unwrap_or_default());
        walk.account.loss.carry(2 + u64::from(text.numbered));
        true
    }
}

impl<'a> Walk<'a> {
    /// The text of instances like this one, if all that they say is written as it stands.
    fn usual(&mut self, instance: Instance<'a>, class: u32, numbered: bool, frame: &Frame) -> Option<Text> {
        let [uid_row, class_row, number_row] = [RowRef::from(row::INSTANCE_UID), row::INSTANCE_CLASS.into(), row::INSTANCE_NUMBER.into()];
        let said = instance.get(row::INSTANCE_CLASS).filter(|class| class.len() <= limit(Vr::Ui).0 && is_plain(class.as_bytes()));
        let is_whole = [uid_row, class_row, number_row].into_iter().all(|row| self.is_whole(row));
        let class_of = said.filter(|_| is_whole)?;
        let mut text = Text { class, numbered, text: Vec::from(*b","), gaps: Vec::new() };
        let (mut from, start) = (0, 1);
        let out = &mut text.text;
        for (end, top) in &frame.pieces {
            out.extend_from_slice(frame.text.get(from..*end)?);
            from = *end;
            let Some(top) = top else { continue };
            let head: &Head = &head(top.tag, top.part.vr);
            if top.source == Source::Url {
                if let Some(url) = &frame.url {
                    out.extend_from_slice(url);
                    text.gaps.push((out.len(), Gap::Uid));
                    finish(out, "");
                }
            } else if top.row == uid_row {
                out.extend_from_slice(head);
                out.push(b'"');
                text.gaps.push((out.len(), Gap::Uid));
                finish(out, "");
            } else if top.row == number_row && numbered {
                out.extend_from_slice(head);
                text.gaps.push((out.len(), Gap::Number));
                out.extend_from_slice(b"]}");
            } else if top.row == class_row {
                begin(out, top.tag, top.part.vr, class_of);
                finish(out, "");
            } else {
                // There is nothing else of the instance.
                self.require(top, false, out);
            }
        }
        *out.get_mut(start)? = b'{';
        out.push(b'}');
        Some(text)
    }

    /// Whether rows hold all attributes of a fact as they stand.
    fn is_whole(&self, row: RowRef) -> bool {
        self.select.is_all() && row.level == Level::Instance && self.has_whole(row)
    }
}
