"""Facts that are data: the mapping table of this specification, and short lists of DICOM's codes."""

import json
import pathlib

_TABLE = json.loads((pathlib.Path(__file__).parents[2] / "mapping.json").read_text("utf-8"))


class Part:
    """An attribute of the table: its VR, the attributes of its items, and how many values it has."""

    def __init__(self, tag, vr, items, many):
        self.tag = tag
        self.vr = vr
        self.items = items
        self.many = many


# mapping.json does not tell the multiplicity of values (PS3.6): of what we read, these have several.
_MANY = {"00080061", "00101000", "00101002", "00081060", "00081062", "00081048", "00081049", "00081032", "00401012"}


def _parts(entries):
    return {e["tag"]: Part(e["tag"], e["vr"], _parts(e.get("items", [])), e["tag"] in _MANY) for e in entries}


# Of these several different values are none.
IDENTITIES = {"0020000D", "0020000E", "00080018", "00100020"}

# Facts of several attributes, the key of each in front.
TOGETHER = [
    ("00080050", "00080051"), ("00380010", "00380014"), ("00402016", "00400026"), ("00402017", "00400027"),
    ("00080020", "00080030", "00080201"), ("00100030", "00100032"), ("00080090", "00080096"), ("00081060", "00081062"),
    ("00081048", "00081049"), ("00081040", "00400243", "00080080"),
]

# Attributes of items of RequestAttributesSequence and of instance rows: outside the subset.
REQUESTS = {"00400275", "0040A370", "00401001", "00321060", "00321064", "0040100A", "00401002"}

# What rows of patient and study level hold.
STUDY = {}
# What belongs to a series or an instance.
BELOW = set()
for _row in _TABLE["rows"]:
    if _row["level"] in ("patient", "study"):
        STUDY.update(_parts(_row["parts"]))
for _row in _TABLE["rows"]:
    if _row["level"] in ("series", "instance"):
        BELOW.update(p["tag"] for p in _row["parts"] if p["tag"] not in STUDY)
for _tag in REQUESTS:
    STUDY.pop(_tag, None)
# A row without series holds its Modality for the study.
STUDY["00080060"] = Part("00080060", "CS", {}, False)
BELOW.discard("00080060")

KNOWN = {entry["tag"] for entry in _TABLE["known"]}
# What has a row at the top of a data set, and is met inside a sequence.
ELSEWHERE = {part["tag"] for row in _TABLE["rows"] for part in row["parts"]}

# Modality (0008,0060): the acquisition modalities (PS3.16 CID 29, which includes 34), and the others that DCM has or had.
ACQUISITION = set("""
AR BI BMD CR CT CFM DMS DG DX ES XC GM IO IVOCT IVUS KER LS LEN MR MG NM OAM OPM OP OPT OPTBSV OPTENF OPV OCT
OSS PX PA PT RF RG RTIMAGE SM SRF TG US BDUS VA XA EPS ECG EEG EMG EOG HD POS RESP
""".split())
MODALITIES = set("""
ASMT AU CTPROTOCOL DOC FID HC IOL KO M3D OT PLAN PR REG RTDOSE RTPLAN RTRECORD
RTSTRUCT RWV SEG SMR SR STAIN TEXTUREMAP AS CD CF CP CS DD DF DM DS EC FA FS LP MA MS OPR ST VF ANN RTINTENT
RTSEGANN RTRAD XAPROTOCOL
""".split())
MODALITIES |= ACQUISITION

# Coding schemes (PS3.16 table 8-1) with a UID or a URI of FHIR: designator, UID, URI.
_SCHEMES = """
ACR 2.16.840.1.113883.6.76 http://terminology.hl7.org/CodeSystem/ACR
ASTM-sigpurpose 1.2.840.10065.1.12 urn:oid:1.2.840.10065.1.12
C4 2.16.840.1.113883.6.12 http://www.ama-assn.org/go/cpt
C5 2.16.840.1.113883.6.82 http://terminology.hl7.org/CodeSystem/C5
caDSR 2.16.840.1.113883.3.26.2 urn:oid:2.16.840.1.113883.3.26.2
CD2 2.16.840.1.113883.6.13 http://www.ada.org/cdt
CTV3 2.16.840.1.113883.6.6 http://terminology.hl7.org/CodeSystem/read-Codes
DC 1.2.840.10008.2.16.10 urn:oid:1.2.840.10008.2.16.10
DCM 1.2.840.10008.2.16.4 http://dicom.nema.org/resources/ontology/DCM
DCMUID 1.2.840.10008.2.6.1 urn:ietf:rfc:3986
FMA 2.16.840.1.113883.6.119 urn:oid:2.16.840.1.113883.6.119
HPC 2.16.840.1.113883.6.14 http://terminology.hl7.org/CodeSystem/HCPCS-all-codes
I10 2.16.840.1.113883.6.3 http://hl7.org/fhir/sid/icd-10
I10C 2.16.840.1.113883.6.90 http://hl7.org/fhir/sid/icd-10-cm
I10P 2.16.840.1.113883.6.4 http://www.cms.gov/Medicare/Coding/ICD10
I11 1.2.840.10008.2.16.16 http://id.who.int/icd/release/11/mms
I9 2.16.840.1.113883.6.42 http://terminology.hl7.org/CodeSystem/icd9
I9C 2.16.840.1.113883.6.2 http://hl7.org/fhir/sid/icd-9-cm
ICDO3 2.16.840.1.113883.6.43.1 http://terminology.hl7.org/CodeSystem/icd-o-3
IBSI 1.2.840.10008.2.16.13 urn:oid:1.2.840.10008.2.16.13
IETF4646 - urn:ietf:bcp:47
ISO639_1 2.16.840.1.113883.6.99 urn:ietf:bcp:47
ISO639_2 2.16.840.1.113883.6.100 urn:ietf:bcp:47
ISO3166_1 2.16.1 urn:iso:std:iso:3166
ISO_OID - urn:ietf:rfc:3986
ITIS_TSN 1.2.840.10008.2.16.7 urn:oid:1.2.840.10008.2.16.7
LN 2.16.840.1.113883.6.1 http://loinc.org
MA 1.2.840.10008.2.16.5 urn:oid:1.2.840.10008.2.16.5
MAYOASRG 1.2.840.10008.2.16.12 urn:oid:1.2.840.10008.2.16.12
MDC 2.16.840.1.113883.6.24 urn:iso:std:iso:11073:10101
MGI 1.2.840.10008.2.16.8 urn:oid:1.2.840.10008.2.16.8
MSH 2.16.840.1.113883.6.177 https://www.nlm.nih.gov/mesh
NBD 2.16.840.1.113883.15.2 urn:oid:2.16.840.1.113883.15.2
NBG 2.16.840.1.113883.15.3 urn:oid:2.16.840.1.113883.15.3
NCIt 2.16.840.1.113883.3.26.1.1 http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl
NDC 2.16.840.1.113883.6.69 http://hl7.org/fhir/sid/ndc
NEU 2.16.840.1.113883.6.210 urn:oid:2.16.840.1.113883.6.210
NICIP 2.16.840.1.113883.2.1.3.2.4.21 urn:oid:2.16.840.1.113883.2.1.3.2.4.21
NPI - http://hl7.org/fhir/sid/us-npi
NYUMCCG 1.2.840.10008.2.16.11 urn:oid:1.2.840.10008.2.16.11
PATHLEX 1.3.6.1.4.1.19376.1.8.2.1 urn:oid:1.3.6.1.4.1.19376.1.8.2.1
POS 2.16.840.1.113883.6.50 http://terminology.hl7.org/CodeSystem/POS
PUBCHEM_CID 1.2.840.10008.2.16.9 urn:oid:1.2.840.10008.2.16.9
RADLEX 2.16.840.1.113883.6.256 http://www.radlex.org
RADELEMENT 1.2.840.10008.2.16.15 urn:oid:1.2.840.10008.2.16.15
RFC3066 2.16.840.1.113883.6.121 urn:ietf:bcp:47
RFC5646 2.16.840.1.113883.6.316 urn:ietf:bcp:47
RO 1.2.840.10008.2.16.14 urn:oid:1.2.840.10008.2.16.14
RRID 1.2.840.10008.2.16.18 urn:oid:1.2.840.10008.2.16.18
RXNORM 2.16.840.1.113883.6.88 http://www.nlm.nih.gov/research/umls/rxnorm
99SDM 2.16.840.1.113883.6.53 http://snomed.info/srt
SNM3 2.16.840.1.113883.6.51 http://terminology.hl7.org/CodeSystem/SNM3
SCT 2.16.840.1.113883.6.96 http://snomed.info/sct
SRT 2.16.840.1.113883.6.96 http://snomed.info/srt
UBERON 1.2.840.10008.2.16.6 urn:oid:1.2.840.10008.2.16.6
UCUM 2.16.840.1.113883.6.8 http://unitsofmeasure.org
UMLS 2.16.840.1.113883.6.86 http://terminology.hl7.org/CodeSystem/umls
UNS 1.2.840.10008.2.16.17 urn:oid:1.2.840.10008.2.16.17
UPC 2.16.840.1.113883.6.55 http://terminology.hl7.org/CodeSystem/UPC
"""

URI_OF = {}
URI_OF_UID = {}
UID_OF = {}
for _line in _SCHEMES.strip().splitlines():
    _designator, _uid, _uri = _line.split()
    URI_OF[_designator] = _uri
    URI_OF_UID.setdefault(_uid, _uri)
    UID_OF[_designator] = _uid

SNOMED_UID = "2.16.840.1.113883.6.96"
