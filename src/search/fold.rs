//! Text as FHIR's string search compares it: blind to case, accents, punctuation and the amount of white space.

use alloc::string::String;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters and digits in lower case without accents, words divided by one space; punctuation is left out.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if c.is_alphanumeric() {
            if space {
                out.push(' ');
                space = false;
            }
            out.extend(c.to_lowercase());
        }
    }
    out
}

/// Whether a part begins with what is looked for, at its start or at the start of one of its words. `wanted` is folded.
pub(super) fn starts(part: &str, wanted: &str) -> bool {
    if wanted.is_empty() {
        return false;
    }
    // Words begin behind white space, which folding makes one space.
    let folded = fold(part);
    folded.starts_with(wanted) || folded.match_indices(' ').any(|(at, _)| folded.get(at + 1..).is_some_and(|rest| rest.starts_with(wanted)))
}

/// Whether a part has what is looked for anywhere. `wanted` is folded.
pub(super) fn contains(part: &str, wanted: &str) -> bool {
    !wanted.is_empty() && fold(part).contains(wanted)
}

/// Whether a part is exactly what is looked for; composed and decomposed letters are the same.
pub(super) fn is_exact(part: &str, wanted: &str) -> bool {
    part.nfc().eq(wanted.nfc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds() {
        assert_eq!(fold("  Müller-Lüdenscheid,  O'Neill "), "mullerludenscheid oneill");
        assert_eq!(fold("u\u{308}"), fold("ü"));
        assert!(starts("van der Berg", "berg") && starts("van der Berg", "van der") && starts("Smith-Jones", "smithj"));
        assert!(!starts("Smith-Jones", "jones") && !starts("Smith", "mith") && contains("Smith", "mit") && !starts("Smith", ""));
        assert!(is_exact("Müller", "Mu\u{308}ller") && !is_exact("Müller", "Muller"));
        assert!(starts("山田", "山"));
    }
}
