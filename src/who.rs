//! Whom rows are about where no number tells: name, birth date and sex. Two who differ in one of these are two patients.

use crate::table::{RowRef, row};
use crate::value::Fields;
use alloc::string::String;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is compared: a fact, and one of its fields.
pub(crate) fn compared() -> [(RowRef, u8); 5] {
    let name = |field| (RowRef::from(row::PATIENT_NAME), field);
    [name(0), name(1), name(2), (row::PATIENT_BIRTH.into(), 0), (row::PATIENT_SEX.into(), 0)]
}

/// What is said of a patient; empty is unknown.
#[derive(Default, Clone, PartialEq)]
pub(crate) struct Who([String; 5]);

impl Who {
    /// `text` gives a field of a fact, empty where there is none.
    pub(crate) fn of<'a>(text: impl Fn(RowRef, u8) -> &'a str) -> Who {
        Who(compared().map(|(row, field)| {
            let text = text(row, field);
            if row != RowRef::from(row::PATIENT_NAME) {
                return text.into();
            }
            // It may be long, and is kept.
            let mut name: String = letters(text).collect();
            name.shrink_to_fit();
            name
        }))
    }

    /// Of a name alone, by its groups.
    pub(crate) fn of_name(groups: &Fields<'_>) -> Who {
        Who::of(
            |row, field| if row == RowRef::from(row::PATIENT_NAME) { groups.get(usize::from(field)).copied().unwrap_or("") } else { "" },
        )
    }

    /// How much it says: a name is 0, what else there is 1, nothing is 2.
    pub(crate) fn rank(&self) -> u8 {
        match self.0.iter().position(|text| !text.is_empty()) {
            Some(0..3) => 0,
            Some(_) => 1,
            None => 2,
        }
    }

    /// The fields that it says, a bit each.
    pub(crate) fn said(&self) -> u8 {
        bits(self.0.iter().map(|text| !text.is_empty()))
    }

    /// The fields of which both say something, and not the same.
    pub(crate) fn differences(&self, other: &Who) -> u8 {
        bits(self.0.iter().zip(&other.0).map(|(one, other)| !one.is_empty() && !other.is_empty() && one != other))
    }

    /// Whether it is another.
    pub(crate) fn differs(&self, other: &Who) -> bool {
        self.differences(other) != 0
    }

    /// Learns what it did not know.
    pub(crate) fn learn(&mut self, other: &Who) {
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            if own.is_empty() {
                own.clone_from(other);
            }
        }
    }
}

fn bits(of: impl Iterator<Item = bool>) -> u8 {
    of.enumerate().fold(0, |bits, (n, is_set)| bits | u8::from(is_set) << n)
}

/// A name as far as it tells people apart: letters, their marks, and digits, blind to case (upper case and back: some letters have two lower cases).
pub(crate) fn letters(name: &str) -> impl Iterator<Item = char> {
    name.nfd()
        .filter(|c| c.is_alphanumeric() || is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
}
