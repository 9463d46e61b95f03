//! Text as FHIR's string search compares it: blind to case, accents, punctuation and the amount of white space.

use alloc::borrow::Cow;
use alloc::string::String;
use core::ops::RangeInclusive;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters and digits in lower case without accents, words divided by one space; punctuation is left out.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    // Composed again, since a Korean syllable is a letter: none begins with another, though the parts that it is decomposed into may.
    for c in text.nfd().filter(|c| !is_accent(*c)).nfc() {
        if c.is_whitespace() {
            space = !out.is_empty();
        } else if c.is_alphanumeric() || is_combining_mark(c) {
            if space {
                out.push(' ');
                space = false;
            }
            // Upper case and back: some letters have two lower cases, such as the sigma at the end of a word, and some more than one letter.
            out.extend(c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase));
        }
    }
    out
}

/// Whether it is a mark that says nothing of which letter it is: not those that make another one of a kana (a voiced one), nor those of scripts
/// where vowels are marks (Indic scripts, Thai...; the vowels of Hebrew and Arabic are left out as often as not).
fn is_accent(c: char) -> bool {
    const OF_LETTERS: [RangeInclusive<char>; 5] =
        ['\u{900}'..='\u{1AAF}', '\u{1B00}'..='\u{1DBF}', '\u{3099}'..='\u{309A}', '\u{A800}'..='\u{ABFF}', '\u{11000}'..='\u{1FFFF}'];
    is_combining_mark(c) && !OF_LETTERS.iter().any(|marks| marks.contains(&c))
}

/// The parts of names are shorter, as a rule.
const SHORT: usize = 64;

/// What folding makes of ASCII: a letter or digit, a space, nothing; [`OTHER`] of what is none.
static ASCII: [u8; 256] = {
    let mut folded = [OTHER; 256];
    let mut rest: &mut [u8] = &mut folded;
    let mut byte = 0_u8;
    while let [place, more @ ..] = rest {
        if byte < 128 {
            *place = match byte {
                b'\t'..=b'\r' | b' ' => b' ',
                _ if byte.is_ascii_alphanumeric() => byte.to_ascii_lowercase(),
                _ => NOTHING,
            };
        }
        byte = byte.wrapping_add(1);
        rest = more;
    }
    folded
};
const NOTHING: u8 = 0;
const OTHER: u8 = 1;

/// As [`fold`], of short ASCII, which nothing decomposes: without an allocation, because it is done for every study.
fn fold_short<'b>(text: &str, buffer: &'b mut [u8; SHORT]) -> Option<&'b [u8]> {
    if text.len() > SHORT {
        return None;
    }
    let mut len = 0;
    let mut space = false;
    for byte in text.bytes() {
        match ASCII.get(usize::from(byte)) {
            Some(&NOTHING) => {}
            Some(b' ') => space = len > 0,
            Some(&OTHER) | None => return None,
            Some(letter) => {
                // One space for one or more of them: never more bytes than the text has.
                if space {
                    *buffer.get_mut(len)? = b' ';
                    len += 1;
                    space = false;
                }
                *buffer.get_mut(len)? = *letter;
                len += 1;
            }
        }
    }
    buffer.get(..len)
}

/// A text, folded.
pub(super) enum Folded<'b> {
    Short(&'b [u8]),
    Long(String),
}

/// Room for a short text.
pub(super) const ROOM: [u8; SHORT] = [0; SHORT];

/// Folds a text that several values are compared with.
pub(super) fn folded<'b>(text: &str, room: &'b mut [u8; SHORT]) -> Folded<'b> {
    match fold_short(text, room) {
        Some(folded) => Folded::Short(folded),
        None => Folded::Long(fold(text)),
    }
}

impl Folded<'_> {
    // UTF-8 is found in UTF-8 byte by byte.
    fn bytes(&self) -> &[u8] {
        match self {
            Folded::Short(folded) => folded,
            Folded::Long(folded) => folded.as_bytes(),
        }
    }

    /// Whether it begins with what is looked for. `wanted` is folded.
    pub(super) fn begins(&self, wanted: &str) -> bool {
        !wanted.is_empty() && self.bytes().starts_with(wanted.as_bytes())
    }

    /// Whether it begins with what is looked for, at its start or at the start of one of its words. `wanted` is folded.
    pub(super) fn starts(&self, wanted: &str) -> bool {
        if wanted.is_empty() {
            return false;
        }
        match self {
            Folded::Short(folded) => starts_short(folded, wanted.as_bytes()),
            // Of long texts each word may agree far: they are not looked at word by word. What is longer is not prepared to be found.
            Folded::Long(folded) => folded.starts_with(wanted) || folded.len() > wanted.len() && folded.contains(&[" ", wanted].concat()),
        }
    }

    /// Whether it has what is looked for anywhere. `wanted` is folded.
    pub(super) fn contains(&self, wanted: &str) -> bool {
        match self {
            _ if wanted.is_empty() => false,
            Folded::Short(folded) => folded.windows(wanted.len()).any(|window| window == wanted.as_bytes()),
            Folded::Long(folded) => folded.len() >= wanted.len() && folded.contains(wanted),
        }
    }
}

/// Words begin behind white space, which folding makes one space.
fn starts_short(folded: &[u8], wanted: &[u8]) -> bool {
    let mut rest = folded;
    loop {
        if rest.starts_with(wanted) {
            return true;
        }
        let Some(next) = rest.iter().position(|b| *b == b' ').and_then(|at| rest.get(at + 1..)) else { return false };
        rest = next;
    }
}

/// A text with its letters composed, in which form equal texts are equal.
pub(super) fn compose(text: &str) -> Cow<'_, str> {
    // ASCII is composed. (What is not may become it: the Kelvin sign is a K.)
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(part: &str, wanted: &str) -> bool {
        folded(part, &mut ROOM.clone()).starts(wanted)
    }

    fn contains(part: &str, wanted: &str) -> bool {
        folded(part, &mut ROOM.clone()).contains(wanted)
    }

    #[test]
    fn folds() {
        assert_eq!(fold("  Müller-Lüdenscheid,  O'Neill "), "mullerludenscheid oneill");
        assert_eq!(fold("u\u{308}"), fold("ü"));
        assert!(starts("van der Berg", "berg") && starts("van der Berg", "van der") && starts("Smith-Jones", "smithj"));
        assert!(!starts("Smith-Jones", "jones") && !starts("Smith", "mith") && contains("Smith", "mit") && !starts("Smith", ""));
        assert!(compose("Mu\u{308}ller") == "Müller" && compose("Müller") != "Muller" && compose("\u{212A}") == "K");
        for [one, other] in
            [["ハバ", "ババ"], ["ばば", "はば"], ["がとう", "かとう"], ["パン", "ハン"], ["राम", "रोमी"], ["ดี", "ดู"], ["குமார்", "கமர்"]]
        {
            assert!(!starts(one, other) && !starts(other, one) && starts(one, one), "{one} {other}");
        }
        assert!(!starts("がとう", "か") && starts("か\u{3099}とう", "が") && starts("कुमार", "कु"));
        assert!(fold("שָׁלוֹם") == fold("שלום") && fold("مُحَمَّد") == fold("محمد"));
        assert!(starts("山田", "山"));
        assert!(starts("임철", "임") && !starts("임철", "이") && !contains("김임", "이") && fold("\u{110B}\u{1175}\u{11B7}") == "임");
        for [one, other] in [["Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"], ["Weiß", "WEISS"], ["WEIẞ", "weiss"], ["ﬁ", "FI"], ["ſ", "S"]]
        {
            assert_eq!(fold(one), fold(other));
        }
    }

    #[test]
    fn every_ascii_character_folds_alike() {
        for c in '\0'..='\x7F' {
            let text = String::from_iter(['x', c, 'Y']);
            assert_eq!(fold_short(&text, &mut [0; SHORT]), Some(fold(&text).as_bytes()), "{c:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn short_cuts_lead_to_the_same(part in "[ -~]{0,70}|[aAbB\t ,'-]{0,16}|[aAbBüé\u{308} \u{A0}-]{0,12}", wanted in "[aAbBü \u{308}-]{0,4}") {
            let (slow, wanted_folded) = (fold(&part), fold(&wanted));
            if let Some(short) = fold_short(&part, &mut [0; SHORT]) {
                proptest::prop_assert_eq!(short, slow.as_bytes());
            } else {
                proptest::prop_assert!(part.len() > SHORT || !part.is_ascii());
            }
            let is_asked = !wanted_folded.is_empty();
            let of_word = || slow.match_indices(' ').any(|(at, _)| slow.get(at + 1..).is_some_and(|rest| rest.starts_with(&wanted_folded)));
            let mut room = ROOM;
            let folded = folded(&part, &mut room);
            proptest::prop_assert_eq!(folded.begins(&wanted_folded), is_asked && slow.starts_with(&wanted_folded));
            proptest::prop_assert_eq!(folded.starts(&wanted_folded), is_asked && (slow.starts_with(&wanted_folded) || of_word()));
            proptest::prop_assert_eq!(folded.contains(&wanted_folded), is_asked && slow.contains(&wanted_folded));
            proptest::prop_assert_eq!(compose(&part) == compose(&wanted), part.nfc().eq(wanted.nfc()));
        }
    }
}
