//! Coding schemes: PS3.16 Table 8-1 designators with their OIDs (2026b), and the URI that FHIR knows each by.

/// One coding scheme.
pub(crate) struct Scheme {
    /// Coding Scheme Designator.
    pub(crate) designator: &'static str,
    /// Coding Scheme UID; empty where there is none.
    pub(crate) uid: &'static str,
    /// FHIR's URI of the code system.
    pub(crate) uri: &'static str,
}

const fn scheme(designator: &'static str, uid: &'static str, uri: &'static str) -> Scheme {
    Scheme { designator, uid, uri }
}

/// SRT and SCT share one OID in Table 8-1, so it names neither.
pub(crate) const SNOMED_OID: &str = "2.16.840.1.113883.6.96";

/// Every scheme.
pub(crate) fn all() -> impl Iterator<Item = &'static Scheme> {
    SCHEMES.iter()
}

/// The scheme of a designator.
pub(crate) fn by_designator(designator: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.designator == designator)
}

/// The scheme of a Coding Scheme UID, except the one that SRT and SCT share.
pub(crate) fn by_uid(uid: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.uid == uid && uid != SNOMED_OID && !uid.is_empty())
}

/// The scheme of a URI, and whether it is the URI that is written for it.
pub(crate) fn by_uri(uri: &str) -> Option<(&'static Scheme, bool)> {
    if let Some(scheme) = SCHEMES.iter().find(|scheme| scheme.uri == uri) {
        return Some((scheme, true));
    }
    let (_, designator) = ALIASES.iter().find(|(alias, _)| *alias == uri)?;
    Some((by_designator(designator)?, false))
}

/// Other URIs that are met: HL7's terminology prefers the first for RadLex; the others stood in earlier material for DCM.
const ALIASES: &[(&str, &str)] = &[
    ("http://radlex.org", "RADLEX"),
    ("http://www.rsna.org/RadLex_Playbook.aspx", "RADLEX"),
    ("http://dicom.nema.org/medical/dicom", "DCM"),
    ("http://nema.org/dicom/dicm", "DCM"),
    ("DCM", "DCM"),
];

/// The schemes that FHIR knows by a URI. Where several share one URI the first is the one to read it as.
const SCHEMES: &[Scheme] = &[
    scheme("ACR", "2.16.840.1.113883.6.76", "http://terminology.hl7.org/CodeSystem/ACR"),
    scheme("ASTM-sigpurpose", "1.2.840.10065.1.12", "urn:oid:1.2.840.10065.1.12"),
    scheme("C4", "2.16.840.1.113883.6.12", "http://www.ama-assn.org/go/cpt"),
    scheme("C5", "2.16.840.1.113883.6.82", "http://terminology.hl7.org/CodeSystem/C5"),
    scheme("caDSR", "2.16.840.1.113883.3.26.2", "urn:oid:2.16.840.1.113883.3.26.2"),
    scheme("CD2", "2.16.840.1.113883.6.13", "http://www.ada.org/cdt"),
    scheme("CTV3", "2.16.840.1.113883.6.6", "http://terminology.hl7.org/CodeSystem/read-Codes"),
    scheme("DC", "1.2.840.10008.2.16.10", "urn:oid:1.2.840.10008.2.16.10"),
    scheme("DCM", "1.2.840.10008.2.16.4", "http://dicom.nema.org/resources/ontology/DCM"),
    scheme("DCMUID", "1.2.840.10008.2.6.1", "urn:ietf:rfc:3986"),
    scheme("FMA", "2.16.840.1.113883.6.119", "urn:oid:2.16.840.1.113883.6.119"),
    scheme("HPC", "2.16.840.1.113883.6.14", "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes"),
    scheme("I10", "2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
    scheme("I10C", "2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
    scheme("I10P", "2.16.840.1.113883.6.4", "http://www.cms.gov/Medicare/Coding/ICD10"),
    scheme("I11", "1.2.840.10008.2.16.16", "http://id.who.int/icd/release/11/mms"),
    scheme("I9", "2.16.840.1.113883.6.42", "http://terminology.hl7.org/CodeSystem/icd9"),
    scheme("I9C", "2.16.840.1.113883.6.2", "http://hl7.org/fhir/sid/icd-9-cm"),
    scheme("ICDO3", "2.16.840.1.113883.6.43.1", "http://terminology.hl7.org/CodeSystem/icd-o-3"),
    scheme("IBSI", "1.2.840.10008.2.16.13", "urn:oid:1.2.840.10008.2.16.13"),
    scheme("IETF4646", "", "urn:ietf:bcp:47"),
    scheme("ISO639_1", "2.16.840.1.113883.6.99", "urn:ietf:bcp:47"),
    scheme("ISO639_2", "2.16.840.1.113883.6.100", "urn:ietf:bcp:47"),
    scheme("ISO3166_1", "2.16.1", "urn:iso:std:iso:3166"),
    scheme("ISO_OID", "", "urn:ietf:rfc:3986"),
    scheme("ITIS_TSN", "1.2.840.10008.2.16.7", "urn:oid:1.2.840.10008.2.16.7"),
    scheme("LN", "2.16.840.1.113883.6.1", "http://loinc.org"),
    scheme("MA", "1.2.840.10008.2.16.5", "urn:oid:1.2.840.10008.2.16.5"),
    scheme("MAYOASRG", "1.2.840.10008.2.16.12", "urn:oid:1.2.840.10008.2.16.12"),
    scheme("MDC", "2.16.840.1.113883.6.24", "urn:iso:std:iso:11073:10101"),
    scheme("MGI", "1.2.840.10008.2.16.8", "urn:oid:1.2.840.10008.2.16.8"),
    scheme("MSH", "2.16.840.1.113883.6.177", "https://www.nlm.nih.gov/mesh"),
    scheme("NBD", "2.16.840.1.113883.15.2", "urn:oid:2.16.840.1.113883.15.2"),
    scheme("NBG", "2.16.840.1.113883.15.3", "urn:oid:2.16.840.1.113883.15.3"),
    scheme("NCIt", "2.16.840.1.113883.3.26.1.1", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"),
    scheme("NDC", "2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"),
    scheme("NEU", "2.16.840.1.113883.6.210", "urn:oid:2.16.840.1.113883.6.210"),
    scheme("NICIP", "2.16.840.1.113883.2.1.3.2.4.21", "urn:oid:2.16.840.1.113883.2.1.3.2.4.21"),
    scheme("NPI", "", "http://hl7.org/fhir/sid/us-npi"),
    scheme("NYUMCCG", "1.2.840.10008.2.16.11", "urn:oid:1.2.840.10008.2.16.11"),
    scheme("PATHLEX", "1.3.6.1.4.1.19376.1.8.2.1", "urn:oid:1.3.6.1.4.1.19376.1.8.2.1"),
    scheme("POS", "2.16.840.1.113883.6.50", "http://terminology.hl7.org/CodeSystem/POS"),
    scheme("PUBCHEM_CID", "1.2.840.10008.2.16.9", "urn:oid:1.2.840.10008.2.16.9"),
    scheme("RADLEX", "2.16.840.1.113883.6.256", "http://www.radlex.org"),
    scheme("RADELEMENT", "1.2.840.10008.2.16.15", "urn:oid:1.2.840.10008.2.16.15"),
    scheme("RFC3066", "2.16.840.1.113883.6.121", "urn:ietf:bcp:47"),
    scheme("RFC5646", "2.16.840.1.113883.6.316", "urn:ietf:bcp:47"),
    scheme("RO", "1.2.840.10008.2.16.14", "urn:oid:1.2.840.10008.2.16.14"),
    scheme("RRID", "1.2.840.10008.2.16.18", "urn:oid:1.2.840.10008.2.16.18"),
    scheme("RXNORM", "2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    scheme("SNM3", "2.16.840.1.113883.6.51", "http://terminology.hl7.org/CodeSystem/SNM3"),
    scheme("SCT", "2.16.840.1.113883.6.96", "http://snomed.info/sct"),
    scheme("SRT", "2.16.840.1.113883.6.96", "http://snomed.info/srt"),
    scheme("99SDM", "2.16.840.1.113883.6.53", "http://snomed.info/srt"),
    scheme("UBERON", "1.2.840.10008.2.16.6", "urn:oid:1.2.840.10008.2.16.6"),
    scheme("UCUM", "2.16.840.1.113883.6.8", "http://unitsofmeasure.org"),
    scheme("UMLS", "2.16.840.1.113883.6.86", "http://terminology.hl7.org/CodeSystem/umls"),
    scheme("UNS", "1.2.840.10008.2.16.17", "urn:oid:1.2.840.10008.2.16.17"),
    scheme("UPC", "2.16.840.1.113883.6.55", "http://terminology.hl7.org/CodeSystem/UPC"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srt_is_not_sct() {
        let uri = |designator| by_designator(designator).map(|scheme| scheme.uri);
        assert_eq!(uri("SCT"), Some("http://snomed.info/sct"));
        assert_eq!(uri("SRT"), Some("http://snomed.info/srt"));
        assert!(by_uid(SNOMED_OID).is_none());
        assert_eq!(by_uid("2.16.840.1.113883.6.1").map(|scheme| scheme.designator), Some("LN"));
    }
}
