//! The instances of a series, which are many and alike.
//!
//! The general walk writes what is unusual. Where the plan has an instance's elements as most releases do, and the instance has nothing but
//! UID, class and number, the texts around them are put together once, and so is that of a class for all instances that have it.

use super::shape::Shape;
use super::walk::Walk;
use crate::loss::Code;
use crate::study::{Instance, Series};
use crate::table::{Level, elements, row};
use alloc::vec::Vec;

/// What is written of a SOP class, and which class that is.
#[derive(Default)]
pub(super) struct Class {
    /// Where the class is in the arena of the study; 0: no class yet.
    at: u32,
    text: Vec<u8>,
    carried: u64,
}

impl<'a> Walk<'a, '_> {
    pub(super) fn instances(&mut self, series: Series<'a>) {
        let plain = self.is_plain();
        let mut class = core::mem::take(&mut self.class);
        for instance in series.instances() {
            if self.is_full() {
                self.unlisted(instance, Level::Instance, Code::OutputLimit);
            } else if !(plain && self.quick_instance(instance, &mut class)) {
                self.instance(instance);
            }
        }
        self.class = class;
    }

    /// Whether the plan has the elements of instances as text, anything, number and something that the instance may lack, in this order.
    fn is_plain(&self) -> bool {
        let shape_at = |n: usize| match self.plan.at(Level::Instance, n) {
            [only] => Some((only.row_ref, only.at.shape)),
            _ => None,
        };
        matches!(elements(Level::Instance), ["uid", "sopClass", "number", _])
            && shape_at(0) == Some((row::INSTANCE_UID.into(), Shape::Text))
            && shape_at(1).is_some_and(|(class, _)| class == row::INSTANCE_CLASS.into())
            && shape_at(2) == Some((row::INSTANCE_NUMBER.into(), Shape::Number))
    }

    /// Writes an instance that has UID and class, perhaps a number, and nothing else; whether it is one.
    fn quick_instance(&mut self, instance: Instance<'a>, class: &mut Class) -> bool {
        let Some((uid, of_class, number)) = instance.usual() else { return false };
        if of_class != class.at && !self.meet_class(instance, of_class, class) {
            return false;
        }
        self.w.pieces(&["{\"uid\":\"", uid, "\",\"sopClass\":"], &class.text);
        self.w.more(if number.is_empty() { "" } else { ",\"number\":" });
        self.w.more(number);
        self.w.more("}");
        self.w.end_value();
        self.loss.carry(1 + class.carried + u64::from(!number.is_empty()));
        true
    }

    /// Writes a class for the first time; whether that gave a text and no loss.
    fn meet_class(&mut self, instance: Instance<'a>, at: u32, class: &mut Class) -> bool {
        let mut text = Vec::with_capacity(128);
        let (written, carried) = self.written_apart(&mut text, |apart| {
            let Some(row_of) = crate::table::RowRef::from(row::INSTANCE_CLASS).row() else { return };
            for item in instance.items(row::INSTANCE_CLASS.into()).into_iter().flatten() {
                let value = apart.spell(row::INSTANCE_CLASS.into(), row_of, &item);
                if let Some(place) = apart.plan.first(row::INSTANCE_CLASS.into()) {
                    super::shape::put(&mut apart.w, place.shape, &value);
                }
            }
        });
        if !written || text.is_empty() {
            return false;
        }
        *class = Class { at, text, carried };
        true
    }
}
