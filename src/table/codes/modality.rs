//! Modalities: the codes of DCM that (0008,0060) may hold: CID 29, which includes CID 34 (waveforms), CID 32 and the retired Defined Terms of PS3.3 C.7.3.1.1.1
//! (2026b).

/// Whether `code` is a modality of the DICOM Controlled Terminology.
pub(crate) fn is_dcm(code: &str) -> bool {
    find(code).is_some()
}

/// Whether `code` is an acquisition modality (CID 29), the value set that R4 binds `ImagingStudy.modality` to.
pub(crate) fn is_acquisition(code: &str) -> bool {
    find(code).is_some_and(|(_, cid29)| *cid29)
}

fn find(code: &str) -> Option<&'static (&'static str, bool)> {
    let at = PACKED.binary_search(&packed(code.as_bytes())?).ok()?;
    MODALITIES.get(at)
}

/// A code as a number, in the same order: numbers are compared at once. None where it is longer than any code string, or has a NUL, which
/// would pack as nothing.
const fn packed(code: &[u8]) -> Option<u128> {
    let (mut packed, mut left, mut rest) = (0, 16, code);
    while let [byte, more @ ..] = rest {
        if left == 0 || *byte == 0 {
            return None;
        }
        packed = packed << 8 | *byte as u128;
        left -= 1;
        rest = more;
    }
    if left == 16 { None } else { Some(packed << (8 * left)) }
}

/// [`MODALITIES`], packed.
static PACKED: [u128; MODALITIES.len()] = {
    let mut all = [0; MODALITIES.len()];
    let mut places: &mut [u128] = &mut all;
    let mut codes = MODALITIES;
    while let ([place, more @ ..], [(code, _), rest @ ..]) = (places, codes) {
        if let Some(code) = packed(code.as_bytes()) {
            *place = code;
        }
        (places, codes) = (more, rest);
    }
    all
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
    ("ECG", true),
    ("EEG", true),
    ("EMG", true),
    ("EOG", true),
    ("EPS", true),
    ("ES", true),
    ("FA", false),
    ("FID", false),
    ("FS", false),
    ("GM", true),
    ("HC", false),
    ("HD", true),
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
    ("POS", true),
    ("PR", false),
    ("PT", true),
    ("PX", true),
    ("REG", false),
    ("RESP", true),
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
        assert!(MODALITIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(is_acquisition("CT") && is_acquisition("ECG") && !is_acquisition("SR") && is_dcm("SR") && !is_dcm("XYZ"));
        assert!(all().all(|(code, _)| find(code).is_some_and(|(found, _)| *found == code)));
        for none in ["", "C", "CT\0", "\0", "CTPROTOCOLCTPROTOCOL", "ct", "É", "ZZ", "A"] {
            assert!(!is_dcm(none), "{none}");
        }
    }
}
