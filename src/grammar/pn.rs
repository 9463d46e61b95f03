//! PN (PS3.5 6.2.1): up to three groups, `alphabetic=ideographic=phonetic`, of up to five components divided by `^`.

use nom::Parser;
use nom::bytes::complete::take_till;
use nom::character::complete::char;
use nom::combinator::all_consuming;
use nom::multi::separated_list1;

/// The groups of a name that stands in one string, and what follows the third.
pub(crate) fn groups(text: &str) -> ([&str; 3], Option<&str>) {
    let group = take_till::<_, &str, nom::error::Error<&str>>(|c| c == '=');
    let Ok((_, groups)) = all_consuming(separated_list1(char('='), group)).parse(text) else {
        return ([text, "", ""], None);
    };
    let mut three = [""; 3];
    for (slot, group) in three.iter_mut().zip(&groups) {
        *slot = trim(group);
    }
    let rest: usize = groups.iter().take(3).map(|group| group.len() + 1).sum();
    (three, (groups.len() > 3).then(|| text.get(rest..).unwrap_or("")))
}

/// A group without what is insignificant: spaces around it, trailing `^`.
pub(crate) fn trim(group: &str) -> &str {
    group.trim_end_matches(|c: char| c == '^' || c.is_whitespace()).trim_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(groups("A^B=C^D=E^F"), (["A^B", "C^D", "E^F"], None));
        assert_eq!(groups("A^B^^"), (["A^B", "", ""], None));
        assert_eq!(groups("=I"), (["", "I", ""], None));
        assert_eq!(groups("A=B=C=D=E"), (["A", "B", "C"], Some("D=E")));
        assert_eq!(groups("^^^^").0[0], "");
    }
}
