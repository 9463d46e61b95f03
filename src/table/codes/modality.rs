//! Modalities: the codes of DCM that (0008,0060) may hold: CID 29, 34, 32 and the retired Defined Terms of PS3.3 C.7.3.1.1.1 (2026b).

/// Whether `code` is a modality of the DICOM Controlled Terminology.
pub(crate) fn is_dcm(code: &str) -> bool {
    find(code).is_some()
}

/// Whether `code` is an acquisition modality (CID 29), the value set that R4 binds `ImagingStudy.modality` to.
pub(crate) fn is_acquisition(code: &str) -> bool {
    find(code).is_some_and(|(_, cid29)| *cid29)
}

fn find(code: &str) -> Option<&'static (&'static str, bool)> {
    let at = WORDS.binary_search(&word(code)?).ok()?;
    MODALITIES.get(at).filter(|(known, _)| *known == code)
}

/// A code of up to sixteen bytes as a number; numbers have the order of the codes.
const fn word(code: &str) -> Option<u128> {
    let (mut word, mut rest) = (0_u128, code.as_bytes());
    let Some(free) = 16_usize.checked_sub(rest.len()) else { return None };
    while let [byte, behind @ ..] = rest {
        word = word << 8 | *byte as u128;
        rest = behind;
    }
    // A shift by the whole width is none: the empty code.
    Some(if free == 16 { 0 } else { word << (8 * free) })
}

/// The codes of [`MODALITIES`] as numbers.
static WORDS: [u128; MODALITIES.len()] = {
    let mut words = [0; MODALITIES.len()];
    let (mut rest, mut free): (&[(&str, bool)], &mut [u128]) = (MODALITIES, &mut words);
    while let ([(code, _), codes @ ..], [slot, slots @ ..]) = (rest, free) {
        *slot = match word(code) {
            Some(word) => word,
            None => 0,
        };
        (rest, free) = (codes, slots);
    }
    words
};

/// Every modality, and whether CID 29 holds it.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, bool)> {
    MODALITIES.iter().copied()
}

/// Sorted by code; with it whether CID 29 holds it.
const MODALITIES: &[(&str, bool)] = &[
    ("ANN", false),
    ("AR", true),
    ("AS", false),
    ("ASMT", false),
    ("AU", false),
    ("BDUS", true),
    ("BI", true),
    ("BMD", true),
    ("CD", false),
    ("CF", false),
    ("CFM", true),
    ("CP", false),
    ("CR", true),
    ("CS", false),
    ("CT", true),
    ("CTPROTOCOL", false),
    ("DD", false),
    ("DF", false),
    ("DG", true),
    ("DM", false),
    ("DMS", true),
    ("DOC", false),
    ("DS", false),
    ("DX", true),
    ("EC", false),
    ("ECG", false),
    ("EEG", false),
    ("EMG", false),
    ("EOG", false),
    ("EPS", false),
    ("ES", true),
    ("FA", false),
    ("FID", false),
    ("FS", false),
    ("GM", true),
    ("HC", false),
    ("HD", false),
    ("IO", true),
    ("IOL", false),
    ("IVOCT", true),
    ("IVUS", true),
    ("KER", true),
    ("KO", false),
    ("LEN", true),
    ("LP", false),
    ("LS", true),
    ("M3D", false),
    ("MA", false),
    ("MG", true),
    ("MR", true),
    ("MS", false),
    ("NM", true),
    ("OAM", true),
    ("OCT", true),
    ("OP", true),
    ("OPM", true),
    ("OPR", false),
    ("OPT", true),
    ("OPTBSV", true),
    ("OPTENF", true),
    ("OPV", true),
    ("OSS", true),
    ("OT", false),
    ("PA", true),
    ("PLAN", false),
    ("POS", false),
    ("PR", false),
    ("PT", true),
    ("PX", true),
    ("REG", false),
    ("RESP", false),
    ("RF", true),
    ("RG", true),
    ("RTDOSE", false),
    ("RTIMAGE", true),
    ("RTINTENT", false),
    ("RTPLAN", false),
    ("RTRAD", false),
    ("RTRECORD", false),
    ("RTSEGANN", false),
    ("RTSTRUCT", false),
    ("RWV", false),
    ("SEG", false),
    ("SM", true),
    ("SMR", false),
    ("SR", false),
    ("SRF", true),
    ("ST", false),
    ("STAIN", false),
    ("TEXTUREMAP", false),
    ("TG", true),
    ("US", true),
    ("VA", true),
    ("VF", false),
    ("XA", true),
    ("XAPROTOCOL", false),
    ("XC", true),
];

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted() {
        assert!(WORDS.is_sorted() && all().all(|(code, _)| find(code).is_some_and(|(found, _)| *found == code)));
        assert!(find("").is_none() && find("CT\0").is_none() && find("ABCDEFGHIJKLMNOPQ").is_none());
        assert!(MODALITIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(is_acquisition("CT") && !is_acquisition("SR") && is_dcm("SR") && !is_dcm("XYZ"));
    }
}
