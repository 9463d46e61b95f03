"""What the archive of this test holds, as plain data. Everything else (files, expected answers, the search for leaks) is derived from here.

All of it is made up for this test; UIDs are below 2.999, the arc for examples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

ROOT = "2.999.31"
# Local issuers of patient identifiers, and what the facade is told of them (--namespace).
SYSTEMS = {"A": "urn:oid:2.999.1", "B": "urn:oid:2.999.2"}

CT = "1.2.840.10008.5.1.4.1.1.2"
CR = "1.2.840.10008.5.1.4.1.1.1"
MR = "1.2.840.10008.5.1.4.1.1.4"
MG = "1.2.840.10008.5.1.4.1.1.1.2"
US = "1.2.840.10008.5.1.4.1.1.6.1"
SR = "1.2.840.10008.5.1.4.1.1.88.22"


@dataclass(frozen=True)
class Patient:
    id: str
    name: str
    issuer: str = ""
    sex: str = ""
    birth: str = ""
    charset: str | tuple[str, ...] = ""
    # An issuer by OID (IssuerOfPatientIDQualifiersSequence).
    universal: str = ""

    @property
    def system(self) -> str | None:
        return SYSTEMS.get(self.issuer)


@dataclass(frozen=True)
class Series:
    modality: str
    sop_class: str
    instances: int = 1
    body_part: str = ""
    laterality: str = ""  # (0020,0060)
    image_laterality: str = ""  # (0020,0062)
    performer: str = ""
    operator: str = ""
    description: str = ""
    # RequestAttributesSequence: id and words of the procedure; code and meaning (SNOMED CT) of its reason.
    request: tuple[str, str] | None = None
    reason: tuple[str, str] | None = None


@dataclass(frozen=True)
class Study:
    key: str
    number: int
    patient: Patient
    series: tuple[Series, ...]
    date: str = ""
    time: str = ""
    offset: str = ""
    accession: str = ""
    study_id: str = ""
    description: str = ""
    referrer: str = ""
    # An identifier of the referrer (ReferringPhysicianIdentificationSequence).
    referrer_id: str = ""
    reader: str = ""
    admission: str = ""
    # Two patients with one StudyInstanceUID: the files differ, the UID does not.
    twin: int = 0

    @property
    def uid(self) -> str:
        return f"{ROOT}.{self.number}"

    def series_uid(self, at: int) -> str:
        return f"{self.uid}.{at + 1 + 10 * self.twin}"

    def instance_uid(self, at: int, n: int) -> str:
        return f"{self.series_uid(at)}.{n + 1}"

    @property
    def instance_uids(self) -> list[str]:
        return [self.instance_uid(at, n) for at, one in enumerate(self.series) for n in range(one.instances)]


# One medical record number, three people: two issuers, and nobody knows whose the third is. A fourth differs by case alone.
JANE = Patient("MRN-1001", "Doe^Jane^Quintana", "A", "F", "19700214")
RACHEL = Patient("MRN-1001", "Roe^Rachel", "B", "F", "19810730")
NORA = Patient("MRN-1001", "Noone^Nora")
LOWER = Patient("mrn-1001", "Lowercase^Larry", "A", "M", "19660606")
HEDY = Patient("MRN-2002", "Lamarr^Hedy", "A", "F", "19141109")
TARO = Patient("JP 000123", "Yamada^Tarou=山田^太郎=やまだ^たろう", "A", "M", "19550505", ("", "ISO 2022 IR 87"))
GILDONG = Patient("KR^77", "Hong^Gildong=洪^吉洞=홍^길동", "A", "M", "", ("", "ISO 2022 IR 149"))
JOERG = Patient("DE-4711/0815", "Müßig-Äckermann^Jörg^^Dr.", "A", "M", "19490523", "ISO_IR 100")
LUCJA = Patient("PL|5", "Żółkiewska^Łucja", "B", "O", "20000229", "ISO_IR 192")
COMMA = Patient("A,3", "Comma^Carl", "A")
HALF = Patient("A", "Half^Hal", "A")
AMPERSAND = Patient("A&B", "Ampersand^Amy", "A")
STAR = Patient("RT*01?", "Phantom^Star", "A")
LIKE = Patient("RTX01Y", "Phantom^Like", "A")
LONG = Patient("LONG-1", "Long^Lena", "B")
TORN_ONE = Patient("TORN-1", "Torn^Tim", "A")
TORN_TWO = Patient("TORN-2", "Torn^Tom", "A")
KNEE = Patient("MRN-3003", "Knee^Ken", "B", "M", "19991231")
# All that this archive can be asked for without encoding; and what it cannot be asked for at all.
ODD = Patient("O-1._~!$'():@/x", "Odd^Olga", "A")
UMLAUT = Patient("MÜLLER-7", "Muller^Max", "A", charset="ISO_IR 100")
UNIVERSAL = Patient("UNI-1", "Universal^Uma", universal="2.999.7")
MANY = Patient("MANY-1", "Many^Mara", "A", "F", "19770707")

PNEUMONIA = ("233604007", "Pneumonia")
FRACTURE = ("125605004", "Fracture of bone")

STUDIES = [
    Study(
        "ct_sr",
        1,
        JANE,
        (
            Series(
                "CT",
                CT,
                2,
                "CHEST",
                performer="Curie^Marie",
                operator="Roentgen^Wilhelm",
                description="Thorax axial",
                request=("RP-77", "CT of the chest"),
                reason=PNEUMONIA,
            ),
            Series("SR", SR, 1, performer="Curie^Marie", description="Report"),
        ),
        "20240114",
        "101530",
        "+0000",
        "ACC-0001",
        "SID-1",
        "CT chest with report",
        "House^Gregory",
        "NPI-4711",
        "Kos^Hippocrates",
        "ADM-9",
    ),
    Study(
        "mg",
        2,
        RACHEL,
        (
            Series("MG", MG, 2, "BREAST", image_laterality="L", description="Left"),
            Series("MG", MG, 2, "BREAST", image_laterality="R", description="Right"),
        ),
        "20240114",
        "1015",
        "+0000",
        "ACC-0002",
        "SID-2",
        "Screening",
        "Wilson^James",
    ),
    Study("us", 3, NORA, (Series("US", US, 2, "ABDOMEN"),), description="Undated"),
    Study(
        "head",
        4,
        HEDY,
        (Series("CT", CT, 300, "HEAD", operator="Antheil^George", description="Head 1.0 mm"),),
        "20231231",
        "184259.888",
        "+0000",
        "ACC-0004",
        "SID-4",
        "CT head",
        "House^Gregory",
    ),
    Study("jp", 5, TARO, (Series("CR", CR, 1, "HAND", "L"),), "20240229", "003000", "+0900", "ACC-0005", "SID-5", "Hand", "Suzuki^Ichirou"),
    Study("kr", 6, GILDONG, (Series("MR", MR, 1, "BRAIN"),), "20240229", "10", "+0000", "ACC-0006"),
    Study(
        "de",
        7,
        JOERG,
        (Series("CR", CR, 1, "FOOT", "R", request=("RP-78", "Foot"), reason=FRACTURE),),
        "20240331",
        "023000",
        "",
        "ACC-0007",
        "SID-7",
        "Fuß",
        "Grünwald^Jürgen",
    ),
    Study("pl", 8, LUCJA, (Series("US", US, 1, "ABDOMEN"),), "20240401", "233000", "-0500", "ACC-0008"),
    Study("comma", 9, COMMA, (Series("CR", CR, 1, "HAND"),), "20240501", accession="X,1"),
    Study("half", 10, HALF, (Series("CR", CR, 1, "HAND"),), "20240502", accession="X"),
    Study("amp", 11, AMPERSAND, (Series("CR", CR, 1, "HAND"),), "20240503", accession="M&M"),
    Study("star", 12, STAR, (Series("CT", CT, 1, "PHANTOM"),), "20240504", accession="AC*85"),
    Study("like", 13, LIKE, (Series("CT", CT, 1, "PHANTOM"),), "20240505", accession="ACX85"),
    Study("lower", 14, LOWER, (Series("CT", CT, 1, "CHEST"),), "20240506", "101530", "+0000", "acc-0001"),
    # Twenty characters, where DICOM allows sixteen: such are met.
    Study("long", 15, LONG, (Series("CR", CR, 1, "HAND"),), "20240507", accession="ACC-20240507-0000019"),
    Study("torn_1", 16, TORN_ONE, (Series("CR", CR, 1, "HAND"),), "20210601", accession="ACC-0016"),
    Study("torn_2", 16, TORN_TWO, (Series("CR", CR, 1, "HAND"),), "20210601", accession="ACC-0017", twin=1),
    Study(
        "knee",
        17,
        KNEE,
        (Series("MR", MR, 3, "KNEE", "R", performer="Bloch^Felix"),),
        "20240610",
        "120000",
        "+0200",
        "ACC-0018",
        "SID-17",
        "Knee",
        "Wilson^James",
        admission="ADM-10",
    ),
    Study("odd", 18, ODD, (Series("CR", CR, 1, "HAND"),), "20250301", accession="A.b_c~d!e$f'g(h"),
    Study("umlaut", 19, UMLAUT, (Series("CR", CR, 1, "HAND"),), "20250302", accession="ACC-0019"),
    Study("universal", 20, UNIVERSAL, (Series("CR", CR, 1, "HAND"),), "20250303", accession="ACC-0020"),
]

# 250 small studies of one patient, two a day, so that to sort them by date leaves ties.
MANY_STUDIES = [
    Study(
        f"many_{n}",
        1001 + n,
        MANY,
        (Series("CR", CR, 1, "CHEST"),),
        (date(2022, 1, 1) + timedelta(days=n // 2)).strftime("%Y%m%d"),
        accession=f"MANY-{n:04}",
    )
    for n in range(250)
]

ALL = STUDIES + MANY_STUDIES
BY_KEY = {study.key: study for study in ALL}


def uid(key: str) -> str:
    return BY_KEY[key].uid


@dataclass(frozen=True)
class Resource:
    """A resource that the facade's resolver knows: `--patients` takes NDJSON of them."""

    reference: str
    identifiers: tuple[tuple[str | None, str], ...] = field(default=())
    # Numbers that are somebody else's by now.
    old: tuple[tuple[str | None, str], ...] = field(default=())

    def json(self) -> dict:
        kind, own = self.reference.split("/")
        identifiers = [{"system": system, "value": value} if system else {"value": value} for system, value in self.identifiers]
        over = {"end": "2001-12-31"}
        for mark in ({"use": "old"}, {"period": over}):
            identifiers = [{**mark, "system": system, "value": value} for system, value in self.old] + identifiers
        return {"resourceType": kind, "id": own, "identifier": identifiers} if identifiers else {"resourceType": kind, "id": own}


RESOLVED = [
    Resource("Patient/1", ((JANE.system, JANE.id),)),
    Resource("Patient/2", ((RACHEL.system, RACHEL.id),), ((JANE.system, JANE.id),)),
    Resource("Patient/3", ((None, NORA.id),)),
    # Known to both hospitals, and to a third whose number nobody has images under.
    Resource("Patient/both", ((JANE.system, JANE.id), (RACHEL.system, RACHEL.id), ("urn:oid:2.999.3", "MRN-1001"))),
    Resource("Patient/many", ((MANY.system, MANY.id),)),
    Resource("Patient/comma", ((COMMA.system, COMMA.id),)),
    Resource("Patient/amp", ((AMPERSAND.system, AMPERSAND.id),)),
    Resource("Patient/nobody"),
    Resource("Encounter/9", ((None, "ADM-9"),)),
    Resource("ServiceRequest/1", ((None, "ACC-0001"),)),
    Resource("ServiceRequest/77", ((None, "RP-77"),)),
    Resource("Practitioner/house", ((None, "NPI-4711"),)),
]


def secrets() -> set[str]:
    """Every text of the data that must not stand in a log."""
    found = set()
    for study in ALL:
        patient = study.patient
        found |= {patient.id, patient.birth, study.uid, study.accession, study.admission, study.referrer_id, *patient.name.split("=")}
        for name in (
            patient.name,
            study.referrer,
            study.reader,
            *(one.performer for one in study.series),
            *(one.operator for one in study.series),
        ):
            found |= {part for group in name.split("=") for part in group.split("^")}
        found |= {study.description, *(one.description for one in study.series)}
    found |= {ROOT, *SYSTEMS.values(), *(f"{study.date[:4]}-{study.date[4:6]}-{study.date[6:]}" for study in STUDIES if study.date)}
    # Short words stand in any text.
    return {text for text in found if len(text) > 3 or (text and not (text.isascii() and text.isalnum()))}
