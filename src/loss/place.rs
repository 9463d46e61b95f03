//! Where something was lost.

use core::fmt;

/// One step of a [`Place`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A DICOM attribute.
    Tag(u32),
    /// The private attributes of this group.
    Group(u16),
    /// A value of an attribute, or an item of a sequence, from 0.
    Value(u32),
    /// A member whose name is not known, by its ordinal in its object, from 0.
    Unknown(u32),
    /// An element of a FHIR resource.
    Element(&'static str),
}

/// Where something was lost: at most eight steps. Row, series and instance indices are no part of it.
///
/// DICOM places are displayed as JSON pointers: `/00081032/Value/0/00080102`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    steps: [Option<Step>; 8],
}

impl Place {
    /// The whole input.
    pub const ROOT: Place = Place { steps: [None; 8] };

    /// This place and one step further; a ninth step is left out.
    #[must_use]
    pub fn then(mut self, step: Step) -> Place {
        if let Some(free) = self.steps.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(step);
        }
        self
    }

    /// The attributes `tags`, one inside the other.
    #[must_use]
    pub fn of_tags(tags: &[u32]) -> Place {
        Place::of_steps(tags.iter().copied().map(Step::Tag))
    }

    /// Whether it is the same place; as `==`, and looks no further than the steps go.
    pub(crate) fn is(&self, other: &Place) -> bool {
        for (one, two) in self.steps.iter().zip(&other.steps) {
            match (one, two) {
                (None, None) => return true,
                (Some(one), Some(two)) if one == two => {}
                _ => return false,
            }
        }
        true
    }

    /// These steps, one inside the other.
    pub(crate) fn of_steps(steps: impl IntoIterator<Item = Step>) -> Place {
        let mut place = Place::ROOT;
        place.steps.iter_mut().zip(steps).for_each(|(slot, step)| *slot = Some(step));
        place
    }

    /// What input is counted in, where it has such places: resources, or data sets.
    pub(crate) fn unit(&self) -> &'static str {
        if self.is_element() { "resource" } else { "data set" }
    }

    /// Whether it is an element of FHIR, named from its resource down, so that it is a FHIRPath.
    pub(crate) fn is_path(&self) -> bool {
        self.is_element() && self.steps().all(|step| matches!(step, Step::Element(_)))
    }

    fn is_element(&self) -> bool {
        matches!(self.steps().next(), Some(Step::Element(_)))
    }

    /// The steps.
    pub fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        self.steps.iter().flatten().copied()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for step in self.steps() {
            match step {
                Step::Tag(tag) => write!(f, "/{tag:08X}")?,
                Step::Group(group) => write!(f, "/{group:04X}")?,
                Step::Value(index) => write!(f, "/Value/{index}")?,
                Step::Unknown(ordinal) => write!(f, "/~{ordinal}")?,
                Step::Element(name) if first => f.write_str(name)?,
                Step::Element(name) => write!(f, ".{name}")?,
            }
            first = false;
        }
        Ok(())
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}
