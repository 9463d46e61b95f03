//! The laws of texts: how one is cut and how it is spelled says nothing.

use super::fast_laws::same_read;
use super::generate::Choices;
use super::mutate::tree::{Node, items};
use super::repeat::loosened;
use fhir_dicomweb::{Options, dicom};

/// *Stream*: any chunking gives what the whole gives: studies, losses, or the error and where. Chunks are as long as the entropy says, and then all
/// of one length.
pub fn stream(text: &[u8], options: &Options, c: &mut Choices<'_>) {
    let whole = dicom::read(text, options);
    let usual = c.pick(&[1, 2, 3, 5, 7, 16, 61, 100, 1000]);
    let mut reader = dicom::Reader::new(options.clone());
    let mut rest = text;
    let mut streamed = || {
        while !rest.is_empty() {
            // A chunk may be empty.
            let length = if c.0.is_empty() { usual } else { c.below(256) };
            let (chunk, more) = rest.split_at(length.min(rest.len()));
            reader.push(chunk)?;
            rest = more;
        }
        Ok(())
    };
    let streamed = streamed().and_then(|()| reader.finish());
    if options.limits.input_bytes < text.len() as u64 {
        // How long a text is shows before it is read, in chunks only when it was.
        assert!(whole.is_err() && streamed.is_err(), "{}", String::from_utf8_lossy(text));
        return;
    }
    same_read(&whole, &streamed, text, true);
}

/// *Spelling-blind*: the same JSON in the words of serde_json, with white space where nobody puts any, read by the general path, says the same.
pub fn spelling_blind(text: &str, options: &Options) {
    let Some(mut root) = Node::parse(text) else { return };
    if respell(&mut root).is_none() {
        return;
    }
    let other = loosened(&root.to_string(), 1);
    match (dicom::read(text.as_bytes(), options), dicom::read_plainly(other.as_bytes(), options, &mut |_| {})) {
        // Where an error is is a matter of spelling.
        (Err(one), Err(two)) => assert_eq!(one.code(), two.code(), "{text} as {other}"),
        (one, two) => same_read(&one, &two, text.as_bytes(), true),
    }
}

/// Every string as serde_json writes it; none: it holds what is no text.
fn respell(node: &mut Node) -> Option<()> {
    let again = |text: &mut String| {
        if text.starts_with('"') {
            *text = serde_json::to_string(&serde_json::from_str::<String>(text).ok()?).ok()?;
        }
        Some(())
    };
    match node {
        Node::Scalar(text) => again(text),
        Node::Array(items) => items.iter_mut().try_for_each(respell),
        Node::Object(members) => members.iter_mut().try_for_each(|(name, value)| again(name).and_then(|()| respell(value))),
    }
}

/// The items of a document that is an array, as text; none of any other.
pub fn rows_of(text: &str) -> Vec<String> {
    items(text).unwrap_or_default().into_iter().map(str::to_owned).collect()
}
