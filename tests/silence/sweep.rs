//! Canaries, and who looks for them in whatever is formatted.

use std::collections::{BTreeSet, HashSet};
use std::error::Error;
use std::fmt::{Debug, Display};

/// How much of a canary is enough to know it by.
const FRAGMENT: usize = 6;

/// Every fragment of a text, as a number.
fn fragments(text: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut last = 0_u64;
    let each = move |byte: &u8| {
        last = (last << 8 | u64::from(*byte)) & ((1 << (8 * FRAGMENT)) - 1);
        last
    };
    text.iter().map(each).skip(FRAGMENT - 1)
}

/// Plants canaries, formats things, and looks for fragments of the ones in the others.
#[derive(Default)]
pub struct Sweep {
    planted: u64,
    fragments: HashSet<u64>,
    /// Types that were formatted, by the module they stand in.
    seen: BTreeSet<String>,
}

impl Sweep {
    fn next(&mut self) -> u64 {
        self.planted += 1;
        // Every number gives another, and neighbours look nothing alike.
        self.planted.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66_D123_4567
    }

    fn plant(&mut self, canary: String) -> String {
        let lower = canary.to_lowercase();
        self.fragments.extend(fragments(lower.as_bytes()));
        canary
    }

    fn letters(&mut self, len: usize) -> String {
        const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
        let mut any = self.next();
        let letter = |_| {
            any = any.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(LETTERS[(any >> 33) as usize % LETTERS.len()])
        };
        (0..len).map(letter).collect()
    }

    /// Consonants, which no word of ours has six of.
    pub fn text(&mut self) -> String {
        let text = self.letters(12);
        self.plant(text)
    }

    /// Odd digits, which no tag, offset or count of ours has six of.
    fn odd(&mut self, len: usize) -> String {
        let mut any = self.next();
        let digit = |_| {
            any = any.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ['3', '5', '7', '9'][(any >> 33) as usize % 4]
        };
        (0..len).map(digit).collect()
    }

    pub fn digits(&mut self) -> String {
        let digits = self.odd(9);
        self.plant(digits)
    }

    pub fn uid(&mut self) -> String {
        let digits = self.digits();
        format!("2.999.{digits}")
    }

    /// A date, and as FHIR writes it.
    pub fn date(&mut self) -> String {
        let n = self.next();
        let (year, month, day) = (self.odd(2), 1 + n / 97 % 12, 13 + n / 1_009 % 16);
        self.plant(format!("19{year}-{month:02}-{day}"));
        self.plant(format!("19{year}{month:02}{day}"))
    }

    /// A time of day, and as FHIR writes it.
    pub fn time(&mut self) -> String {
        let (digits, fraction) = (self.odd(2), self.odd(6));
        self.plant(format!("19:5{}:3{}.{fraction}", &digits[..1], &digits[1..]));
        self.plant(format!("195{}3{}.{fraction}", &digits[..1], &digits[1..]))
    }

    pub fn url(&mut self) -> String {
        let (host, path) = (self.text().to_lowercase(), self.text());
        format!("https://{host}.example/{path}")
    }

    /// What somebody is told holds no canary.
    pub fn told(&self, what: &str, text: &str) {
        let lower = text.to_lowercase();
        let found = fragments(lower.as_bytes()).position(|fragment| self.fragments.contains(&fragment));
        if let Some(at) = found {
            let from = lower.char_indices().map(|(n, _)| n).take_while(|n| *n + 60 <= at).last().unwrap_or(0);
            panic!("{what} shows a canary, of which this is around: {}", lower[from..].chars().take(160).collect::<String>());
        }
    }

    /// Its `Debug`, in both forms, holds no canary.
    pub fn see<T: Debug + ?Sized>(&mut self, value: &T) {
        let name = std::any::type_name::<T>();
        self.told(name, &format!("{value:?}"));
        self.told(name, &format!("{value:#?}"));
        // What is inside of standard types counts as seen by itself only.
        let plain = name.split(['<', '[']).next().unwrap_or(name).trim_start_matches('&');
        self.seen.insert(plain.to_owned());
    }

    /// `Debug` and `Display`.
    pub fn show<T: Debug + Display + ?Sized>(&mut self, value: &T) {
        self.see(value);
        self.told(std::any::type_name::<T>(), &format!("{value} {value:#}"));
    }

    /// An error, and what it comes from.
    pub fn error<T: Error>(&mut self, error: &T) {
        self.show(error);
        let mut source = error.source();
        while let Some(inner) = source {
            self.told("a source", &format!("{inner} {inner:?} {inner:#?}"));
            source = inner.source();
        }
    }

    pub fn seen(&self) -> BTreeSet<String> {
        self.seen.clone()
    }
}
