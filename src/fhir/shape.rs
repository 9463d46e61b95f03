//! Shapes: how FHIR wraps a value, and the values in FHIR's terms.

use super::human;
use crate::json::text::Writer;
use alloc::vec::Vec;

/// How a value is wrapped. What differs by release is a parameter here, never in a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// CodeableConcept.
    CodeableConcept,
    /// CodeableReference with a concept.
    CodeableReference,
    /// Coding.
    Coding,
    /// A name, as Reference.display.
    Display,
    /// Identifier with this code of v2-0203 as type.
    Identifier(&'static str),
    /// A number.
    Number,
    /// A UID as FHIR's `oid`.
    Oid,
    /// HumanNames, one for each group of the name.
    HumanName,
    /// A logical Reference to this type by an identifier of this type.
    Logical(&'static str, &'static str),
    /// `series.performer` with this function of v3-ParticipationType.
    Performer(&'static str),
    /// A logical Reference to this type.
    Reference(&'static str),
    /// Identifier with the caller's system, or none at all.
    StudyIdIdentifier,
    /// A string, `id`, `dateTime`.
    Text,
    /// Identifier whose type, if any, comes with it.
    TypedIdentifier,
    /// A UID as Coding of `urn:ietf:rfc:3986`.
    UidCoding,
    /// A UID as Identifier of `urn:dicom:uid`.
    UidIdentifier,
    /// Coding, of the family of one-sided codes where it is a side.
    UnilateralCoding,
}

impl Shape {
    /// The type of resource that a Reference of this shape means.
    pub(crate) const fn type_(self) -> &'static str {
        match self {
            Shape::Logical(type_, _) | Shape::Reference(type_) => type_,
            _ => "",
        }
    }

    /// FHIR's name for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Shape::CodeableConcept => "CodeableConcept",
            Shape::CodeableReference => "CodeableReference",
            Shape::Coding | Shape::UidCoding | Shape::UnilateralCoding => "Coding",
            Shape::Display | Shape::Text => "string",
            Shape::Identifier(_) | Shape::TypedIdentifier | Shape::StudyIdIdentifier | Shape::UidIdentifier => "Identifier",
            Shape::HumanName => "HumanName",
            Shape::Number => "unsignedInt",
            Shape::Oid => "oid",
            Shape::Logical(..) | Shape::Reference(_) => "Reference",
            Shape::Performer(_) => "BackboneElement",
        }
    }
}

/// A text put together from a fixed beginning and the rest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Uri<'a> {
    pub(crate) scheme: &'static str,
    pub(crate) rest: &'a str,
}

impl<'a> Uri<'a> {
    pub(crate) const fn plain(rest: &'a str) -> Self {
        Uri { scheme: "", rest }
    }

    /// Whether the whole text is `text`.
    pub(crate) fn is(&self, text: &str) -> bool {
        text.strip_prefix(self.scheme) == Some(self.rest)
    }
}

/// A short text made here, such as a dateTime.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    text: [u8; 48],
    len: usize,
}

impl Default for Short {
    fn default() -> Self {
        Short { text: [0; 48], len: 0 }
    }
}

impl Short {
    /// Appends ASCII; what does not fit is left out.
    pub(crate) fn push(&mut self, pieces: &[&str]) {
        pieces.iter().for_each(|piece| self.push_bytes(piece.as_bytes()));
    }

    /// As [`Self::push`].
    pub(crate) fn push_bytes(&mut self, piece: &[u8]) {
        let free = self.text.get_mut(self.len..).unwrap_or_default();
        free.iter_mut().zip(piece).for_each(|(slot, byte)| *slot = *byte);
        self.len += piece.len().min(free.len());
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.len).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        core::str::from_utf8(self.as_bytes()).unwrap_or("")
    }
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Coding<'a> {
    pub(crate) system: Option<Uri<'a>>,
    pub(crate) version: &'a str,
    pub(crate) code: Uri<'a>,
    pub(crate) display: &'a str,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Concept<'a> {
    pub(crate) coding: Option<Coding<'a>>,
    pub(crate) text: &'a str,
}

/// The type of an Identifier.
#[derive(Clone, Copy)]
pub(crate) enum TypeCode<'a> {
    /// A code of v2-0203; empty: none.
    V2(&'a str),
    /// Words; empty: none.
    Text(&'a str),
}

impl Default for TypeCode<'_> {
    fn default() -> Self {
        TypeCode::V2("")
    }
}

/// Who assigned an identifier.
#[derive(Clone, Copy, Default)]
pub(crate) struct Assigner<'a> {
    pub(crate) display: &'a str,
    /// Type in words, value.
    pub(crate) identifier: Option<(&'a str, &'a str)>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Identifier<'a> {
    pub(crate) type_: TypeCode<'a>,
    pub(crate) system: Option<Uri<'a>>,
    pub(crate) value: Uri<'a>,
    pub(crate) assigner: Assigner<'a>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Reference<'a> {
    /// A reference to a resource, which stands for everything else; empty: none.
    pub(crate) literal: &'a str,
    pub(crate) type_: &'static str,
    pub(crate) identifier: Option<Identifier<'a>>,
    pub(crate) display: Display<'a>,
}

/// What a Reference displays.
#[derive(Clone, Copy)]
pub(crate) enum Display<'a> {
    /// Groups of a name, divided by `=`.
    Groups([&'a str; 3]),
    /// One text.
    Text(&'a str),
    /// Words, those that are filled, divided by spaces; behind them the components of a name that has more than five, divided by `^`.
    Words([&'a str; 5], &'a str),
}

impl Default for Display<'_> {
    fn default() -> Self {
        Display::Text("")
    }
}

impl Display<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Display::Groups(groups) => groups.iter().all(|group| group.is_empty()),
            Display::Text(text) => text.is_empty(),
            Display::Words(words, more) => more.is_empty() && words.iter().all(|word| word.is_empty()),
        }
    }
}

/// A value in FHIR's terms.
#[derive(Clone, Copy)]
pub(crate) enum Fhir<'a> {
    Nothing,
    Text(Uri<'a>),
    Short(Short),
    Number(&'a str),
    Concept(Concept<'a>),
    Identifier(Identifier<'a>),
    Reference(Reference<'a>),
}

impl Shape {
    /// Whether it refers to a Practitioner.
    pub(crate) fn is_practitioner(self) -> bool {
        matches!(self, Shape::Reference("Practitioner") | Shape::Performer("PRF" | "SPRF"))
    }
}

/// Whether FHIR's `code` can hold the text: no white space but single spaces inside.
pub(crate) fn is_code(text: &str) -> bool {
    !text.is_empty() && text.split(' ').all(|word| !word.is_empty() && !word.contains(char::is_whitespace))
}

impl Fhir<'_> {
    /// Writes the value in `shape`; `false` where there is nothing to write.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Fhir::Nothing)
    }
}

/// Writes a value in its shape.
pub(crate) fn put(w: &mut Writer<'_>, shape: Shape, value: &Fhir<'_>) {
    match value {
        Fhir::Nothing => {}
        Fhir::Text(text) => w.strings(&[text.scheme, text.rest]),
        Fhir::Short(text) => w.string(text.as_str()),
        Fhir::Number(digits) => w.verbatim(digits),
        Fhir::Concept(concept) => match shape {
            Shape::CodeableReference => {
                w.open_object();
                w.name("concept");
                codeable_concept(w, concept);
                w.close_object();
            }
            Shape::CodeableConcept => codeable_concept(w, concept),
            _ => only_coding(w, concept),
        },
        Fhir::Identifier(given) => identifier(w, given),
        Fhir::Reference(given) => match shape {
            Shape::Performer(function) => {
                w.open_object();
                w.name("function");
                typed(w, "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", function);
                w.name("actor");
                reference(w, given);
                w.close_object();
            }
            Shape::Display => display(w, &given.display),
            Shape::HumanName => human::names(w, &given.display),
            _ => reference(w, given),
        },
    }
}

fn uri(w: &mut Writer<'_>, name: &str, uri: &Uri<'_>) {
    w.name(name);
    w.strings(&[uri.scheme, uri.rest]);
}

fn filled(w: &mut Writer<'_>, name: &str, text: &str) {
    if !text.is_empty() {
        w.member(name, text);
    }
}

fn coding(w: &mut Writer<'_>, coding: &Coding<'_>) {
    w.open_object();
    if let Some(system) = &coding.system {
        uri(w, "system", system);
    }
    filled(w, "version", coding.version);
    uri(w, "code", &coding.code);
    filled(w, "display", coding.display);
    w.close_object();
}

/// A Coding has no text: without code the text is its display.
fn only_coding(w: &mut Writer<'_>, concept: &Concept<'_>) {
    match &concept.coding {
        Some(given) => coding(w, given),
        None => {
            w.open_object();
            w.member("display", concept.text);
            w.close_object();
        }
    }
}

fn codeable_concept(w: &mut Writer<'_>, concept: &Concept<'_>) {
    w.open_object();
    if let Some(given) = &concept.coding {
        w.name("coding");
        w.open_array();
        coding(w, given);
        w.close_array();
    }
    filled(w, "text", concept.text);
    w.close_object();
}

/// CodeableConcept of one code, of a system that is ours and needs no escapes.
pub(crate) fn typed(w: &mut Writer<'_>, system: &str, code: &str) {
    w.pieces(&["{\"coding\":[{\"system\":\"", system, "\",\"code\":"], &[]);
    w.string(code);
    w.more("}]}");
}

fn words(w: &mut Writer<'_>, text: &str) {
    w.open_object();
    w.member("text", text);
    w.close_object();
}

pub(crate) fn identifier(w: &mut Writer<'_>, identifier: &Identifier<'_>) {
    w.open_object();
    match identifier.type_ {
        TypeCode::V2("") | TypeCode::Text("") => {}
        TypeCode::V2(code) => {
            w.name("type");
            typed(w, "http://terminology.hl7.org/CodeSystem/v2-0203", code);
        }
        TypeCode::Text(text) => {
            w.name("type");
            words(w, text);
        }
    }
    if let Some(system) = &identifier.system {
        uri(w, "system", system);
    }
    uri(w, "value", &identifier.value);
    let assigner = &identifier.assigner;
    if !assigner.display.is_empty() || assigner.identifier.is_some() {
        w.name("assigner");
        w.open_object();
        if let Some((type_, value)) = assigner.identifier {
            w.name("identifier");
            w.open_object();
            if !type_.is_empty() {
                w.name("type");
                words(w, type_);
            }
            w.member("value", value);
            w.close_object();
        }
        filled(w, "display", assigner.display);
        w.close_object();
    }
    w.close_object();
}

fn display(w: &mut Writer<'_>, display: &Display<'_>) {
    match display {
        Display::Text(text) | Display::Groups([text, "", ""]) => w.string(text),
        Display::Groups([one, two, ""]) => w.strings(&[one, "=", two]),
        Display::Groups([one, two, three]) => w.strings(&[one, "=", two, "=", three]),
        Display::Words(words, more) if !more.is_empty() => {
            let more = more.split('^').map(str::trim);
            let filled = words.iter().copied().chain(more).filter(|word| !word.is_empty());
            let pieces: Vec<&str> = filled.enumerate().flat_map(|(n, word)| [if n > 0 { " " } else { "" }, word]).collect();
            w.strings(&pieces);
        }
        Display::Words(words, _) => {
            let mut pieces = [""; 10];
            let mut filled = words.iter().filter(|word| !word.is_empty());
            let mut slots = pieces.iter_mut();
            if let (Some(slot), Some(word)) = (slots.next(), filled.next()) {
                *slot = word;
            }
            while let (Some(word), Some(space), Some(slot)) = (filled.next(), slots.next(), slots.next()) {
                *space = " ";
                *slot = word;
            }
            w.strings(&pieces);
        }
    }
}

pub(crate) fn reference(w: &mut Writer<'_>, reference: &Reference<'_>) {
    w.open_object();
    if !reference.literal.is_empty() {
        w.member("reference", reference.literal);
        w.close_object();
        return;
    }
    w.member("type", reference.type_);
    if let Some(given) = &reference.identifier {
        w.name("identifier");
        identifier(w, given);
    }
    if !reference.display.is_empty() {
        w.name("display");
        display(w, &reference.display);
    }
    w.close_object();
}

/// What stands for a required value that is not known.
pub(crate) fn data_absent(w: &mut Writer<'_>) {
    w.open_object();
    w.name("extension");
    w.open_array();
    w.open_object();
    w.member("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    w.member("valueCode", "unknown");
    w.close_object();
    w.close_array();
    w.close_object();
}
