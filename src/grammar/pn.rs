//! PN (PS3.5 6.2.1): up to three groups, `alphabetic=ideographic=phonetic`, of up to five components divided by `^`.

use alloc::string::String;
use nom::Parser;
use nom::bytes::complete::take_till;
use nom::character::complete::char;
use nom::combinator::all_consuming;
use nom::multi::separated_list1;

/// The groups of a name that stands in one string, and what follows the third.
pub(crate) fn groups(text: &str) -> ([String; 3], Option<&str>) {
    let group = take_till::<_, &str, nom::error::Error<&str>>(|c| c == '=');
    let Ok((_, groups)) = all_consuming(separated_list1(char('='), group)).parse(text) else {
        return ([trim(text), String::new(), String::new()], None);
    };
    let mut three = [const { String::new() }; 3];
    for (slot, group) in three.iter_mut().zip(&groups) {
        *slot = trim(group);
    }
    let rest: usize = groups.iter().take(3).map(|group| group.len() + 1).sum();
    (three, (groups.len() > 3).then(|| text.get(rest..).unwrap_or("")))
}

/// Whether groups say nothing.
pub(crate) fn is_blank(groups: &str) -> bool {
    groups.chars().all(|c| matches!(c, '=' | '^') || c.is_whitespace() || c.is_control())
}

/// A group without what is insignificant: spaces around its components, trailing `^`.
pub(crate) fn trim(group: &str) -> String {
    let mut trimmed = String::with_capacity(group.len());
    for (n, component) in group.split('^').enumerate() {
        if n > 0 {
            trimmed.push('^');
        }
        trimmed.push_str(component.trim_matches(|c: char| c.is_whitespace() || c.is_control()));
    }
    trimmed.truncate(trimmed.trim_end_matches('^').len());
    trimmed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let three = |text| groups(text).0;
        assert_eq!(three("A^B=C^D=E^F"), ["A^B", "C^D", "E^F"]);
        assert_eq!(three(" A ^ B c ^^"), ["A^B c", "", ""]);
        assert_eq!(three("=I"), ["", "I", ""]);
        assert_eq!(groups("A=B=C=D=E").1, Some("D=E"));
        assert_eq!(groups("^^^^").0[0], "");
    }
}
