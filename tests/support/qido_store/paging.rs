//! `limit` and `offset`.

use super::faults::{Faults, List, Repeat, Zero};
use super::query::Param;
use super::{Refused, refuse};

/// limit and offset, and whether the limit is one that the client asked for.
pub(super) fn page(list: &[Param], level: usize, f: &Faults) -> Result<(Option<usize>, usize, bool), Refused> {
    let number = |name: &str| -> Result<Option<usize>, Refused> {
        let given: Vec<&Param> = list.iter().filter(|p| p.name == name).collect();
        if given.len() > 1 && f.repeat == Repeat::Bad {
            return refuse(400, "given twice");
        }
        let Some(p) = (if f.repeat == Repeat::First { given.first() } else { given.last() }) else {
            return Ok(None);
        };
        match p.value.parse::<u32>() {
            Ok(n) => Ok(usize::try_from(n).ok()),
            Err(_) if f.late_keys || f.list == List::Anywhere => {
                refuse(if p.value.starts_with('-') { 500 } else { 400 }, "Bad file format")
            }
            Err(_) => refuse(400, "not a number"),
        }
    };
    if f.no_paging {
        return Ok((None, 0, false));
    }
    let offset = number("offset")?.unwrap_or(0);
    if f.max_offset.is_some_and(|m| offset > m) {
        return refuse(400, "offset too large");
    }
    let (default, max) = (f.default_limit.get(level).copied().flatten(), f.max_limit.get(level).copied().flatten());
    let mut is_asked = false;
    let limit = match number("limit")? {
        None => default,
        Some(0) => match f.limit_zero {
            Zero::NoLimit => max,
            Zero::Nothing => Some(0),
            Zero::Bad => return refuse(400, "limit=0"),
        },
        Some(n) if f.dcm4chee && n > 99_999 => {
            return refuse(400, "limit does not match [1-9]\\d{0,4}");
        }
        Some(n) if f.over_limit_bad && max.is_some_and(|m| n > m) => {
            return refuse(400, "limit too large");
        }
        Some(n) => {
            is_asked = max.is_none_or(|max| n <= max);
            Some(max.map_or(n, |m| n.min(m)))
        }
    };
    Ok((limit, offset, is_asked))
}
