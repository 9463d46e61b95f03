//! Instances that repeat. In a list most say what they are in the form of the one before, and differ in UID and number alone: they are compared
//! with that form as text, and become no part of the tree.
//!
//! What stands between UID and number has the bytes of an instance that was looked at closely, and so means what it meant there.

use super::spell::is_normal;
use crate::fhir::found::{URI, URN_OID};
use crate::fhir::shape::Shape;
use crate::grammar::plain;
use crate::json::quick::{Lists, Quick};
use crate::json::scan::{Next, Scanner};
use crate::json::tree::{Id, Name, What};
use crate::table::Vr;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Forms that are tried.
const FORMS: usize = 4;
/// Forms that are looked for in a text: one in which more are met repeats nothing.
const LEARNT: usize = 64;
/// The longest instance whose form is kept.
const LONG: usize = 1 << 12;

/// A form: what stands around UID and number.
struct Form {
    before: Box<str>,
    /// What stands between the two, if there are two; whether the number comes first.
    between: Option<(Box<str>, bool)>,
    behind: Box<str>,
    /// Which of the classes it says.
    class: usize,
}

/// The class that instances of a form have.
struct Class {
    /// Its UID; empty: none.
    uid: Box<str>,
    /// Whether a system stands beside it.
    system: bool,
}

/// UID and number of an instance; no number: empty.
pub(super) type Usual<'t> = (&'t str, &'t str);

/// Instances one after the other that have one form.
struct Run {
    node: Id,
    from: usize,
    to: usize,
    class: usize,
}

/// What the instances of a run say, and what each of them is made of.
pub(super) struct Told<'r, 't> {
    pub(super) instances: &'r [Usual<'t>],
    pub(super) class: &'r str,
    /// Leaves of each that say what the others are.
    pub(super) used: u64,
}

/// The forms of a text, and the runs of a resource.
pub(super) struct Runs<'t> {
    shape: Option<Shape>,
    forms: Vec<Form>,
    next: usize,
    learnt: usize,
    classes: Vec<Class>,
    instances: Vec<Usual<'t>>,
    runs: Vec<Run>,
}

impl<'t> Runs<'t> {
    /// Of a release in which classes have this shape.
    pub(super) fn new(shape: Option<Shape>) -> Self {
        Runs { shape, forms: Vec::new(), next: 0, learnt: 0, classes: Vec::new(), instances: Vec::new(), runs: Vec::new() }
    }

    /// The runs of another resource are of no interest any more.
    pub(super) fn clear(&mut self) {
        self.instances.clear();
        self.runs.clear();
    }

    /// How many instances are in runs.
    pub(super) fn len(&self) -> usize {
        self.instances.len()
    }

    /// The run that a node stands for.
    pub(super) fn at(&self, node: Id) -> Option<Told<'_, 't>> {
        let run = self.runs.get(self.runs.binary_search_by_key(&node, |run| run.node).ok()?)?;
        let class = self.classes.get(run.class)?;
        Some(Told { instances: self.instances.get(run.from..run.to)?, class: &class.uid, used: u64::from(class.system) })
    }

    /// Reads a list of instances to behind its bracket.
    fn instances(&mut self, quick: &mut Quick<'t>, list: Id, depth: u32) -> Option<()> {
        if quick.next()? == b']' {
            quick.pass(1);
            return Some(());
        }
        // Whether the element before this is the last of the runs.
        let mut goes_on = false;
        loop {
            let fits = quick.next()? == b'{' && quick.has_room(depth + 2) && self.fit(quick, list, goes_on);
            goes_on = fits;
            if !fits {
                let from = quick.rest();
                let at = quick.at();
                quick.value(0, list, depth, &mut ())?;
                if let Some(instance) = from.get(..quick.at() - at) {
                    self.learn(instance);
                }
            }
            if !quick.goes_on()? {
                return Some(());
            }
        }
    }

    /// Takes the instance that comes next, if it has a form that is known; whether it did.
    fn fit(&mut self, quick: &mut Quick<'t>, list: Id, goes_on: bool) -> bool {
        let (rest, before) = (quick.rest(), self.instances.last().map_or("", |(uid, _)| uid));
        for at in 0..self.forms.len() {
            let Some((form, (instance, len))) = self.forms.get(at).and_then(|form| Some((form, form.fit(rest, before)?))) else { continue };
            let to = self.instances.len() + 1;
            self.instances.push(instance);
            quick.pass(len);
            match self.runs.last_mut().filter(|run| goes_on && run.class == form.class) {
                Some(run) => run.to = to,
                None => {
                    let node = quick.tree.push("", What::Run, false, 0, list);
                    self.runs.push(Run { node, from: to - 1, to, class: form.class });
                }
            }
            // Nearly all have the form of the one before.
            self.forms.swap(0, at);
            return true;
        }
        false
    }

    /// Remembers the form of an instance that fitted none.
    fn learn(&mut self, instance: &str) {
        if self.learnt >= LEARNT || instance.len() > LONG {
            return;
        }
        self.learnt += 1;
        let Some((form, class)) = form_of(instance, self.shape) else { return };
        let same = self.classes.iter().position(|known| (&known.uid, known.system) == (&class.uid, class.system));
        let form = Form { class: same.unwrap_or(self.classes.len()), ..form };
        if same.is_none() {
            self.classes.push(class);
        }
        match self.forms.get_mut(self.next) {
            Some(slot) => *slot = form,
            None => self.forms.push(form),
        }
        self.next = (self.next + 1) % FORMS;
    }
}

impl<'t> Lists<'t> for Runs<'t> {
    fn list(&mut self, quick: &mut Quick<'t>, name: Name, array: Id, depth: u32) -> Option<bool> {
        if name != named!("instance") {
            return Some(false);
        }
        let tree = &quick.tree;
        let series = tree.parent(tree.parent(array));
        let resource = tree.parent(series);
        let of_series = tree.is_array(series) && tree.is_named(series, named!("series")) && tree.is_object(resource);
        let of_entry = tree.is_named(resource, named!("resource")) && tree.parent(tree.parent(resource)) == tree.parent(resource);
        if !of_series || !of_entry && tree.parent(resource) != resource {
            return Some(false);
        }
        self.instances(quick, array, depth)?;
        Some(true)
    }
}

impl Form {
    /// What an instance at the start of `text` says, if it has this form, and how long it is; `before` is the UID of another.
    fn fit<'t>(&self, text: &'t str, before: &str) -> Option<(Usual<'t>, usize)> {
        let rest = text.strip_prefix(&*self.before)?;
        let (said, rest) = match &self.between {
            None => {
                let (uid, rest) = uid(rest, before)?;
                ((uid, ""), rest)
            }
            Some((between, false)) => {
                let (uid, rest) = uid(rest, before)?;
                let (number, rest) = number(rest.strip_prefix(&**between)?)?;
                ((uid, number), rest)
            }
            Some((between, true)) => {
                let (number, rest) = number(rest)?;
                let (uid, rest) = uid(rest.strip_prefix(&**between)?, before)?;
                ((uid, number), rest)
            }
        };
        let rest = rest.strip_prefix(&*self.behind)?;
        Some((said, text.len() - rest.len()))
    }
}

/// The UID at the start of a text, and what is behind. Most UIDs begin as the one before them.
fn uid<'t>(text: &'t str, before: &str) -> Option<(&'t str, &'t str)> {
    let (mut one, mut two, mut known) = (text.as_bytes(), before.as_bytes(), 0);
    while let (Some((a, rest_of_one)), Some((b, rest_of_two))) = (one.split_first_chunk::<8>(), two.split_first_chunk::<8>()) {
        if a != b {
            break;
        }
        (one, two, known) = (rest_of_one, rest_of_two, known + 8);
    }
    text.split_at_checked(plain::uid(text.as_bytes(), known)?)
}

/// The number at the start of a text, and what is behind. A sign, a fraction or an exponent is no part of it, and of no form.
fn number(text: &str) -> Option<(&str, &str)> {
    let (number, rest) = text.split_at_checked(text.bytes().take_while(u8::is_ascii_digit).count())?;
    is_normal(number, Vr::Is).then_some((number, rest))
}

/// The form of an instance, and its class, if it has UID, perhaps class and number, and nothing else, each as everybody writes it.
fn form_of(instance: &str, shape: Option<Shape>) -> Option<(Form, Class)> {
    let mut scanner = Scanner::new(instance.as_bytes(), u32::MAX, true);
    let (mut uid, mut number, mut class, mut system) = (None, None, None, false);
    (scanner.peek().ok()? == Next::Object).then_some(())?;
    let mut members = scanner.enter_object().ok()?;
    while let Some(name) = scanner.member(&mut members).ok()? {
        let next = scanner.peek().ok()?;
        let at = scanner.at();
        match (name.text, next) {
            _ if name.escaped => return None,
            ("uid", Next::String) if uid.is_none() => uid = Some((at + 1, said(&mut scanner, "", Vr::Ui)?.len())),
            ("number", Next::Number) if number.is_none() => {
                number = Some((at, Some(scanner.number().ok()?).filter(|number| is_normal(number, Vr::Is))?.len()));
            }
            ("sopClass", Next::String) if class.is_none() && shape == Some(Shape::Oid) => {
                class = Some(said(&mut scanner, URN_OID, Vr::Ui)?)
            }
            ("sopClass", Next::Object) if class.is_none() && shape == Some(Shape::UidCoding) => {
                let mut parts = scanner.enter_object().ok()?;
                while let Some(part) = scanner.member(&mut parts).ok()? {
                    let next = scanner.peek().ok()?;
                    match (part.text, next) {
                        _ if part.escaped => return None,
                        ("system", Next::String) if !system => {
                            (scanner.string().ok()?.text == URI).then_some(())?;
                            system = true;
                        }
                        ("code", Next::String) if class.is_none() => class = Some(said(&mut scanner, URN_OID, Vr::Ui)?),
                        _ => return None,
                    }
                }
                (system && class.is_some()).then_some(())?;
            }
            _ => return None,
        }
    }
    let (uid, len) = uid?;
    let cuts = match number {
        None => [uid, uid + len, uid + len, uid + len],
        Some((number, digits)) if number < uid => [number, number + digits, uid, uid + len],
        Some((number, digits)) => [uid, uid + len, number, number + digits],
    };
    let [first, first_end, second, second_end] = cuts;
    let between = number.map(|(number, _)| Some((instance.get(first_end..second)?.into(), number < uid)));
    let form = Form {
        before: instance.get(..first)?.into(),
        between: if number.is_some() { Some(between??) } else { None },
        behind: instance.get(second_end..)?.into(),
        class: 0,
    };
    Some((form, Class { uid: class.unwrap_or("").into(), system }))
}

/// The string that comes next, without what stands before it, if it is plain and in the one form of its VR.
fn said<'t>(scanner: &mut Scanner<'t>, before: &str, vr: Vr) -> Option<&'t str> {
    let raw = scanner.string().ok()?;
    let text = raw.text.strip_prefix(before)?;
    (!raw.escaped && is_normal(text, vr)).then_some(text)
}
