//! URIs (RFC 3986), as far as codes are told by them.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, tag_no_case, take_while, take_while1};
use nom::character::complete::satisfy;
use nom::combinator::{all_consuming, recognize};

/// Whether a text is sure to be a URI: a URN (RFC 8141), or one that names an authority, as URLs do. A colon alone says nothing: `RAD:1234` is a
/// code of somebody's, and `10:30` is none of a scheme. Nor is a text one with a character that no URI has, a blank among them.
pub(crate) fn is_uri(text: &str) -> bool {
    let namespace = || take_while1::<_, &str, nom::error::Error<&str>>(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let rest = || take_while1(|c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c));
    let urn = recognize((tag_no_case("urn:"), namespace(), tag(":"), rest()));
    let scheme = (satisfy(|c| c.is_ascii_alphabetic()), take_while(|c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')));
    let url = recognize((scheme, tag("://"), rest()));
    all_consuming(alt((urn, url))).parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_makes_no_uri() {
        for uri in ["urn:oid:1.2.3", "URN:example:x", "http://example.org/a", "https://e", "git+ssh://h"] {
            assert!(is_uri(uri), "{uri}");
        }
        for other in ["", "RAD:1234", "10:30", "urn:", "urn:x", "urn::x", "urn:x:", "://x", "1a://x", "http:/x", "http://", "mailto:a@b"] {
            assert!(!is_uri(other), "{other}");
        }
        for odd in ["http://x/a b", "urn:x:<y>", "http://m\u{fc}nchen", "http://\"q\"", "urn:x:a\\b", "urn:x:y\n"] {
            assert!(!is_uri(odd), "{odd}");
        }
    }
}
