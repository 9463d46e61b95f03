//! Instances. A study may list very many, and most say what they are in the form that everybody writes.

use super::Reader;
use super::ledger::Fate;
use super::spell::is_normal;
use crate::fhir::found::{URI, URN_OID};
use crate::fhir::shape::Shape;
use crate::json::tree::{Id, Name, What};
use crate::release::Release;
use crate::table::{Level, RowRef, Vr, name_of_primitive, position, row, takers};

const UID: Name = named!("uid");
const CLASS: Name = named!("sopClass");
const NUMBER: Name = named!("number");
const SYSTEM: Name = named!("system");
const CODE: Name = named!("code");

/// A leaf and what it says, without what stands before it.
type Said<'d> = (Id, &'d str);

/// An instance that has a UID, perhaps a class and a number, and nothing else.
pub(super) struct Usual<'d> {
    uid: Said<'d>,
    class: Option<Said<'d>>,
    system: Option<Id>,
    number: Option<Said<'d>>,
}

/// The shape of the class of instances in a release.
pub(super) fn class_shape(release: Release) -> Option<Shape> {
    takers(Level::Instance, release, position(Level::Instance, CLASS)?).find(|taker| taker.own).map(|taker| taker.shape)
}

impl<'d> Reader<'d, '_> {
    /// The instance, if all of it stands in the usual form; `class` is the shape of its class.
    pub(super) fn usual(&self, instance: Id, class: Option<Shape>) -> Option<Usual<'d>> {
        let tree = self.tree;
        if self.plainly || !tree.is_object(instance) {
            return None;
        }
        let (mut uid, mut of_class, mut system, mut number) = (None, None, None, None);
        for member in tree.children(instance) {
            match (tree.name(member), tree.what(member)?) {
                (UID, What::Text) if uid.is_none() => uid = Some(self.said(member, "", Vr::Ui)?),
                (NUMBER, What::Number) if number.is_none() => number = Some(self.said(member, "", Vr::Is)?),
                (CLASS, What::Text) if of_class.is_none() && class == Some(Shape::Oid) => {
                    of_class = Some(self.said(member, URN_OID, Vr::Ui)?)
                }
                (CLASS, What::Object) if of_class.is_none() && class == Some(Shape::UidCoding) => {
                    for part in tree.children(member) {
                        match (tree.name(part), tree.what(part)?) {
                            (SYSTEM, What::Text) if system.is_none() && tree.text(part) == Some(URI) && self.is_open(part) => {
                                system = Some(part)
                            }
                            (CODE, What::Text) if of_class.is_none() => of_class = Some(self.said(part, URN_OID, Vr::Ui)?),
                            _ => return None,
                        }
                    }
                    if of_class.is_none() || system.is_none() {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        Some(Usual { uid: uid?, class: of_class, system, number })
    }

    /// What a leaf says behind `before`, if it stands in the one form of the VR and nobody has said anything of it.
    fn said(&self, leaf: Id, before: &str, vr: Vr) -> Option<Said<'d>> {
        let text = self.tree.text(leaf)?.strip_prefix(before)?;
        (is_normal(text, vr) && self.is_open(leaf)).then_some((leaf, text))
    }

    fn is_open(&self, leaf: Id) -> bool {
        self.room.ledger.fate(leaf) == Fate::Open && self.room.ledger.noted(leaf).is_none()
    }

    /// The facts of an instance, whose leaves become theirs.
    pub(super) fn facts(&mut self, usual: &Usual<'d>) -> impl Iterator<Item = (RowRef, &'d str)> + use<'d> {
        if let Some(system) = usual.system {
            self.room.ledger.take(system);
        }
        let facts = [
            (RowRef::from(row::INSTANCE_UID), Some(usual.uid)),
            (row::INSTANCE_CLASS.into(), usual.class),
            (row::INSTANCE_NUMBER.into(), usual.number),
        ];
        for (_, said) in &facts {
            if let Some((leaf, _)) = said {
                self.room.ledger.cell(*leaf);
            }
        }
        facts.into_iter().filter_map(|(row, said)| Some((row, said?.1)))
    }

    /// Any other instance: its facts become cells.
    pub(super) fn instance(&mut self, instance: Id) {
        let slots = self.slots(instance, Level::Instance);
        for (element, node) in slots.into_iter().enumerate().filter_map(|(element, node)| Some((element, node?))) {
            if Some(element) != const { position(Level::Instance, CLASS) } || !self.is_absent(node) {
                self.element(Level::Instance, element, node);
            }
        }
        if self.tree.has(named!("extension")) {
            if let Some(node) = self.tree.member(instance, const { name_of_primitive("sopClass") }) {
                self.is_absent(node);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::loss::LossReport;
    use crate::{Options, Release, dicom, fhir};
    use alloc::string::String;
    use alloc::vec::Vec;

    /// The rows that come of a study with these instances, and what is told.
    fn read(instances: &[String], release: Release, options: &Options) -> Result<(String, LossReport), &'static str> {
        let text = [
            r#"{"resourceType":"ImagingStudy","status":"available","subject":{"display":"A^B"},"identifier":[{"system":"urn:dicom:uid","value":"urn:oid:1.2.3"}],"series":[{"uid":"1.2.3.1","instance":["#,
            &instances.join(","),
            "]}]}",
        ]
        .concat();
        let read = fhir::read(text.as_bytes(), release, options).map_err(|error| error.code())?;
        let rows = dicom::write(read.value.first().unwrap(), dicom::Rows::Instances, options);
        Ok((rows.value.into_string(), read.loss))
    }

    #[test]
    fn the_usual_way_is_like_any() {
        let class = r#""sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.2"}"#;
        let forms = [
            String::from(r#""uid":"1.2.3.1.1""#),
            [r#""uid":"1.2.3.1.2",""#, &class[1..], r#","number":7"#].concat(),
            [r#""number":0,"#, class, r#","uid":"1.2.3.1.3""#].concat(),
            String::from(r#""uid":"1.2.3.1.4","sopClass":"urn:oid:1.2.840.10008.5.1.4.1.1.4""#),
            // The same one again, and one that contradicts it.
            String::from(r#""uid":"1.2.3.1.1""#),
            String::from(r#""uid":"1.2.3.1.1","number":3"#),
            [r#""uid":"1.2.3.1.2","#, class, r#","number":8"#].concat(),
        ];
        // A title that says nothing changes nothing, and is not usual.
        let usual: Vec<String> = forms.iter().map(|form| ["{", form, "}"].concat()).collect();
        let other: Vec<String> = forms.iter().map(|form| ["{", form, r#","title":" "}"#].concat()).collect();
        let mut few = Options::default();
        few.limits.instances = 3;
        for release in Release::ALL {
            for options in [Options::default(), few.clone()] {
                let expected = read(&other, release, &options);
                assert_eq!(read(&usual, release, &options), expected);
                let mixed: Vec<String> =
                    usual.iter().zip(&other).enumerate().map(|(n, (a, b))| if n % 2 == 0 { a } else { b }.clone()).collect();
                assert_eq!(read(&mixed, release, &options), expected);
            }
        }
    }
}
