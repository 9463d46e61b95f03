//! Who has no number is known by what rows say of them: name, birth date and sex. Two who differ in one of these are two patients.

use super::patients::{Patient, drop_record};
use super::records::Records;
use crate::dicom::DataSet;
use crate::grammar::da::da;
use crate::kind::is_sex;
use crate::loss::Sink;
use crate::table::{RowRef, row};
use crate::who::{Who, compared, letters};
use alloc::string::String;
use alloc::vec::Vec;

/// What the name of a patient without number begins with, where rows say who it is: no number has control characters.
pub(super) const WHO: char = '\u{3}';

/// Appends what a data set says of a patient without number, as far as it says anything; `first` finds the cell of a fact's field. Who is the same
/// in every spelling has one name: records that join are few.
pub(super) fn name(set: &DataSet, first: impl Fn(RowRef, u8) -> Option<usize>, out: &mut String) {
    for (row, field) in compared() {
        let text = first(row, field).and_then(|at| set.cells.get(at)).and_then(|cell| set.text.get(cell.start..cell.end)).unwrap_or("");
        out.push(WHO);
        match row {
            row if row == RowRef::from(row::PATIENT_NAME) => out.extend(letters(text)),
            row if row == RowRef::from(row::PATIENT_SEX) => out.push_str(if is_sex(text) { text } else { "" }),
            _ => out.extend(da(text).into_iter().flat_map(|day| [day.year, day.month, day.day])),
        }
    }
    // Nothing is said.
    if out.chars().all(|c| c == WHO) {
        out.clear();
    }
}

/// Whom records are about: what their rows said of that first.
fn who_of(records: &Records, of: impl Iterator<Item = usize>) -> Who {
    let mut said: Vec<(u64, Who)> = Vec::new();
    for at in of {
        for own in [RowRef::from(row::PATIENT_NAME), row::PATIENT_BIRTH.into(), row::PATIENT_SEX.into()] {
            let who = Who::of(|row, field| if row == own { records.first_of(at, row, field) } else { "" });
            said.push((records.row_of(at, own), who));
        }
        said.extend(records.full(at).into_iter().flat_map(|record| record.also.iter().cloned()));
    }
    said.sort_by_key(|(row, _)| *row);
    said.into_iter().fold(Who::default(), |mut who, (_, said)| {
        who.learn(&said);
        who
    })
}

/// Records that are left out.
#[derive(Default)]
struct Lost {
    is_any: bool,
    /// Whom those are about that are known to be of another.
    others: Vec<Who>,
}

/// Of the records of one UID those without number become one patient's: what contradicts is dropped. Whether something was, and the record that
/// is of the one who has a number, if several records have that.
pub(super) fn join_strangers<'k>(
    group: &mut Vec<(Patient<'k>, usize)>,
    records: &mut Records,
    sink: &mut Sink<'_>,
    mut merge: impl FnMut(&mut Records, usize, usize, &mut Sink<'_>),
) -> (bool, Option<usize>) {
    if !group.iter().any(|(patient, _)| patient.who) {
        return (false, None);
    }
    let mut lost = Lost::default();
    let mut all = core::mem::take(group);
    all.sort_by_key(|(_, at)| records.first_row(*at));
    let (numbered, mut empty): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(patient, _)| patient.id.is_some_and(|id| !patient.who && !id.is_empty()));
    // Where nobody has a number it does not matter who is known to have none.
    let mut unknown = Vec::new();
    if !numbered.is_empty() {
        (empty, unknown) = empty.into_iter().partition(|(patient, _)| patient.id.is_some());
    }
    group.extend(one_of(empty, None, &mut lost, records, sink, &mut merge));
    group.extend(numbered);
    // Rows that do not say whether there is a number are of the one patient whom others name, unless they say that it is another.
    let first = group.first().copied();
    let is_one = group.iter().all(|(patient, _)| Some(patient.id) == first.map(|(patient, _)| patient.id));
    // An issuer that one row does not tell divides the records of one number.
    let owner = (is_one && first.is_some()).then(|| who_of(records, group.iter().map(|(_, at)| *at)));
    let is_owned = owner.is_some();
    let one = one_of(unknown, owner, &mut lost, records, sink, &mut merge);
    let mut owned = None;
    match (one, group.as_slice()) {
        (Some((_, at)), [(_, owner)]) => merge(records, at, *owner, sink),
        (one, _) => {
            owned = one.map(|(_, at)| at).filter(|_| is_owned);
            group.extend(one);
        }
    }
    group.sort_by_key(|(patient, _)| (patient.id, patient.issuer));
    (lost.is_any, owned)
}

/// Of records that differ the first is kept that says most of who it is, with those that say the same; `owner`: they are to be of that patient.
/// Whom others mean that are `lost` may be meant by those, too, who do not tell themselves from them: these are lost with them.
fn one_of<'k>(
    of: Vec<(Patient<'k>, usize)>,
    owner: Option<Who>,
    lost: &mut Lost,
    records: &mut Records,
    sink: &mut Sink<'_>,
    merge: &mut impl FnMut(&mut Records, usize, usize, &mut Sink<'_>),
) -> Option<(Patient<'k>, usize)> {
    let mut all: Vec<(Who, (Patient<'k>, usize))> = of.into_iter().map(|one| (who_of(records, core::iter::once(one.1)), one)).collect();
    // Names first, then birth date and sex, then nothing: in the order of their rows.
    all.sort_by_key(|(who, _)| who.rank());
    let (mut together, mut is_torn) = (Who::default(), false);
    let mut is_one = |who: &Who| {
        if owner.as_ref().is_some_and(|owner| owner.differs(who)) {
            return false;
        }
        let differs = together.differs(who);
        is_torn |= differs;
        if !differs {
            together.learn(who);
        }
        !differs
    };
    let mut ones: Vec<bool> = all.iter().map(|(who, _)| is_one(who)).collect();
    // Of several who differ none can be told to be the one who has a number, if that one says no name.
    if owner.is_some() && is_torn {
        ones.fill(false);
    }
    let whose = owner.as_ref().unwrap_or(&together);
    lost.others.extend(all.iter().zip(&ones).filter(|(_, is_one)| !**is_one).map(|((who, _), _)| who.clone()));
    // In which fields they differ, a bit for each set of fields.
    let sets = lost.others.iter().fold(0_u32, |sets, who| sets | 1 << whose.differences(who));
    let rank = all.first().map_or(0, |(who, _)| who.rank());
    let is_told = |who: &Who| sets == 0 || who.rank() == rank && (0..32).all(|set| sets & 1 << set == 0 || who.said() & set != 0);
    for ((who, _), is_one) in all.iter().zip(&mut ones) {
        *is_one &= is_told(who);
    }
    // Who says most is one patient, if nobody else is known to be the same.
    if owner.is_none() && !ones.contains(&true) {
        let first = all.first().map(|(who, _)| who);
        ones = all.iter().map(|(who, _)| Some(who) == first).collect();
    }
    let mut kept = None::<(Patient<'k>, usize)>;
    let mut is_known = false;
    for ((_, one), is_one) in all.into_iter().zip(ones) {
        match kept {
            _ if !is_one => {
                drop_record(records, one.1, sink);
                lost.is_any = true;
            }
            Some((_, into)) => merge(records, one.1, into, sink),
            None => kept = Some(one),
        }
        is_known |= is_one && one.0.id.is_some();
    }
    kept.map(|(_, at)| (Patient { id: is_known.then_some(""), issuer: None, who: false }, at))
}
