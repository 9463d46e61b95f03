//! Texts: wild cards, case, accents, names, sound.

use super::faults::{Case, Faults, Names, Wild};
use super::keys::Key;

fn wildcard(pattern: &str, text: &str) -> bool {
    let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let mut row: Vec<bool> = vec![true; t.len() + 1];
    row.iter_mut().skip(1).for_each(|b| *b = false);
    for c in p {
        let old = row.clone();
        let mut any = false;
        for (i, slot) in row.iter_mut().enumerate() {
            let before = i.checked_sub(1);
            any |= old.get(i).copied().unwrap_or(false);
            let step = before.and_then(|b| old.get(b)).copied().unwrap_or(false);
            *slot = if c == '*' { any } else { step && (c == '?' || before.and_then(|b| t.get(b)) == Some(&c)) };
        }
    }
    row.last().copied().unwrap_or(false)
}

fn plain(c: char) -> Option<char> {
    const FROM: &str = "àáâãäåçèéêëìíîïñòóôõöøùúûüýÿāăąćĉčďēęěğīłńňōőřśşšťūůűźżž";
    const TO: &str = "aaaaaaceeeeiiiinoooooouuuuyyaaacccdeeegilnnoorssstuuuzzz";
    if ('\u{300}'..='\u{36f}').contains(&c) {
        return None;
    }
    Some(FROM.chars().zip(TO.chars()).find(|(from, _)| *from == c).map_or(c, |(_, to)| to))
}
fn folded(text: &str, accents: bool) -> String {
    let low = text.to_lowercase();
    if accents { low.chars().filter_map(plain).collect() } else { low }
}
pub(super) fn name_words(text: &str) -> Vec<String> {
    folded(text, true).split(['^', '=', ' ', ',', '*']).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}
pub(super) fn soundex(word: &str) -> String {
    let code = |c: char| "bfpv1 cgjkqsxz2 dt3 l4 mn5 r6".split(' ').find(|g| g.contains(c)).and_then(|g| g.chars().last());
    let mut chars = word.chars();
    let first = chars.next();
    let mut out: String = first.into_iter().collect();
    let mut last = first.and_then(code);
    for c in chars {
        let now = code(c);
        if let (Some(n), true) = (now, now != last) {
            out.push(n)
        }
        last = now
    }
    out.chars().chain("000".chars()).take(4).collect()
}

pub(super) fn text_matches(f: &Faults, key: &Key, wanted: &str, stored: &str) -> bool {
    let rule = match (key.vr, key.last()) {
        ("PN", _) => f.case_pn,
        ("CS", _) => f.case_code,
        ("UI", _) => Case::Exact,
        ("LO", "00100020" | "00100021" | "00380010" | "00101000") | ("SH", "00080050" | "00200010" | "00400009" | "00401001") => f.case_id,
        ("IS", _) => Case::Exact,
        _ => f.case_text,
    };
    let accents = f.no_accents_pn && key.vr == "PN";
    let (q, s) = match rule {
        Case::Exact => (wanted.to_owned(), stored.to_owned()),
        Case::Fold => (folded(wanted, accents), folded(stored, accents)),
        Case::FoldIfUpper if wanted == wanted.to_uppercase() => (wanted.to_owned(), stored.to_ascii_uppercase()),
        Case::FoldIfUpper => (wanted.to_owned(), stored.to_owned()),
        Case::QueryUpper => (wanted.to_uppercase(), stored.to_owned()),
    };
    let wild = if key.kinds.contains('W') { f.wild } else { Wild::Literal };
    let one = |q: &str, s: &str| match wild {
        Wild::Literal => q == s,
        Wild::Standard => wildcard(q, s),
        Wild::EdgesInnerDeleted => {
            let core = q.replace('*', "");
            match (q.starts_with('*'), q.ends_with('*')) {
                (true, true) => s.contains(&core),
                (true, false) => s.ends_with(&core),
                (false, true) => s.starts_with(&core),
                _ => s == core,
            }
        }
        Wild::EdgesInnerLiteral => {
            let core = q.strip_prefix('*').unwrap_or(q);
            let (core, tail) = core.strip_suffix('*').map_or((core, ""), |c| (c, "*"));
            let lead = if q.starts_with('*') { "*" } else { "" };
            wildcard(&format!("{lead}{}{tail}", core.replace('*', "\u{1}")), &s.replace('*', "\u{1}"))
        }
        Wild::Contains => match (q.strip_prefix('*'), q.strip_suffix('*')) {
            (Some(x), Some(_)) => s.contains(x.strip_suffix('*').unwrap_or(x)),
            (None, Some(x)) => s.contains(x),
            (Some(x), None) => s.find(x).is_some_and(|at| at + x.len() == s.len()),
            _ => s == q,
        },
    };
    if key.vr != "PN" {
        return one(&q, &s);
    }
    let name = |q: &str, s: &str| {
        one(q, s) || (f.name_prefix && !q.ends_with('*') && (s.starts_with(&format!("{q}^")) || one(&format!("{q}^*"), s)))
    };
    match f.names {
        Names::Joined => name(&q, &s),
        Names::Alphabetic => name(&q, s.split('=').next().unwrap_or_default()),
        Names::AnyGroup if q.contains('=') => q.split('=').zip(s.split('=').chain(["", ""])).all(|(q, s)| q.is_empty() || name(q, s)),
        Names::AnyGroup => s.split('=').any(|s| name(&q, s)),
    }
}
