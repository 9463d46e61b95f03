"""What each search must find: derived by hand from `archive.py` and FHIR's rules (spec/README.md "Searching"), never from an answer.

A case names the parameter, the query and the studies expected. `untold` counts the studies of which this archive does not tell what
would decide the clause: Orthanc 1.10 leaves out of a row what the file does not have (unless it keeps it in its index), and never returns
a sequence. They are no matches, and the answer must say how many they are. `requests` says how many are asked, where that is known
beforehand. All is asked strictly unless it is said to be lenient. Values are encoded only where they would be read otherwise.

`started=2024` selects: ct_sr mg jp kr de pl comma half amp star like lower long knee.
"""

from __future__ import annotations

from dataclasses import dataclass

import archive
from archive import uid

A, B = archive.SYSTEMS["A"], archive.SYSTEMS["B"]
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
SCT = "http://snomed.info/sct"
URI = "urn:ietf:rfc:3986"
ALL_2024 = "ct_sr mg jp kr de pl comma half amp star like lower long knee"


@dataclass(frozen=True)
class Case:
    parameter: str
    query: str
    finds: str = ""
    untold: int = 0
    requests: int | None = None
    lenient: bool = False

    @property
    def expected(self) -> list[str]:
        return sorted(self.finds.split())


def cases(parameter: str, *rows: tuple) -> list[Case]:
    return [Case(parameter, *row[:2], **(row[2] if len(row) > 2 else {})) for row in rows]


NONE = {"requests": 0}


def untold(n: int) -> dict:
    return {"untold": n}


LENIENT = {"lenient": True}

BOTH = [
    *cases(
        "_id",
        (f"_id={uid('ct_sr')}", "ct_sr"),
        (f"_id={uid('ct_sr')},{uid('mg')}", "ct_sr mg"),
        # A beginning of many, and a UID of none.
        (f"_id={archive.ROOT}", ""),
        (f"_id={uid('ct_sr')}.1", ""),
        (f"_id=urn:oid:{uid('ct_sr')}", ""),
        (f"_id:not={uid('ct_sr')}&started=2024-01-14", "mg"),
        ("_id:missing=false&started=2024-01-14", "ct_sr mg"),
    ),
    *cases(
        "identifier",
        (f"identifier=urn:dicom:uid|urn:oid:{uid('ct_sr')}", "ct_sr"),
        (f"identifier=urn:dicom:uid|urn:oid:{uid('ct_sr')},urn:dicom:uid|urn:oid:{uid('mg')}", "ct_sr mg"),
        (f"identifier=urn:oid:{uid('jp')}", "jp"),
        (f"identifier={uid('ct_sr')}", ""),
        (f"identifier={uid('ct_sr')}", "ct_sr", LENIENT),
        (f"identifier=urn:dicom:uid|{uid('ct_sr')}", "ct_sr", LENIENT),
        (f"identifier=|{uid('ct_sr')}", ""),
        ("identifier=urn:dicom:uid|&started=2024-01-14", "ct_sr mg"),
        (f"identifier:not=urn:oid:{uid('ct_sr')}&started=2024-01-14", "mg"),
        ("identifier:missing=true&started=2024-01-14", ""),
        ("identifier:missing=false&started=2024-01-14", "ct_sr mg"),
        ("identifier=*", ""),
    ),
    *cases(
        "status",
        ("status=available&started=2024-01-14", "ct_sr mg"),
        ("status=http://hl7.org/fhir/imagingstudy-status|available&started=2024-01-14", "ct_sr mg"),
        ("status=registered,cancelled&started=2024-01-14", ""),
        ("status=|available&started=2024-01-14", ""),
        ("status:not=available&started=2024-01-14", ""),
        ("status:not=registered&started=2024-01-14", "ct_sr mg"),
    ),
    # Studies that have one time zone and a full time: ct_sr 10:15:30Z, mg 10:15:00Z (stored "1015"), head 18:42:59.888Z, jp 00:30+09:00,
    # pl 23:30-05:00, lower 10:15:30Z, knee 12:00+02:00. kr ("10") and de (no offset) have a day; us has nothing.
    *cases(
        "started",
        ("started=2024-01-14", "ct_sr mg"),
        ("started=eq2024-01-14", "ct_sr mg"),
        # Days are compared as they are written: jp began on the 28th in London.
        ("started=2024-02-29", "jp kr"),
        ("started=2024-02-28", ""),
        ("started=2024-02", "jp kr"),
        ("started=2024-01-14T10:15", "ct_sr mg"),
        ("started=2024-01-14T10:15:30Z", "ct_sr"),
        ("started=2024-01-14T11:15:30%2B01:00", "ct_sr"),
        ("started=2024-01-14T10:15:00Z", "mg"),
        ("started=2024-02-28T15:30:00Z", "jp"),
        ("started=2024-04-02T04:30:00Z", "pl"),
        ("started=2023-12-31T18:42:59.888Z", "head"),
        ("started=2023-12-31T18:42:59.889Z", ""),
        ("started=ge2024-05-01&started=le2024-05-04", "comma half amp star"),
        ("started=gt2024-05-05&started=lt2024-06-01", "lower long"),
        ("started=sa2024-05-05&started=eb2024-05-07", "lower"),
        ("started=ap2024-05-02", "comma half amp"),
        ("started=ne2024-05-02&started=ge2024-05-01&started=le2024-05-03", "comma amp"),
        ("started=2024-01-14,2024-02-29", "ct_sr mg jp kr"),
        ("started=sa2025-03-02,2024-01-14", "universal ct_sr mg"),
        ("started=ge2024-01-14T10:15:30Z&started=le2024-01-14T10:15:30Z", "ct_sr"),
        ("started=lt2024-01-14T10:15:30Z&started=2024-01-14", "mg"),
        # Later than every start of the day that is known by its day alone: the day reaches beyond.
        ("started=gt2024-02-29T23:00&started=2024-02-29", "kr"),
        ("started=2024-07", ""),
        ("started=2024-01-14&started=2024-01-15", "", NONE),
        ("started=le2023-12-31&started=ge2023-01-01", "head"),
        ("started:missing=true&patient.identifier=MRN-1001", "us"),
        ("started:missing=false&patient.identifier=MRN-1001", "ct_sr mg"),
        # An open beginning finds empty dates in Orthanc: they are judged away.
        ("started=le2024-12-31&patient.identifier=MRN-1001", "ct_sr mg"),
        ("started=2024", ALL_2024),
    ),
    *cases(
        "modality",
        ("modality=MG", "mg"),
        (f"modality={DCM}|MG", "mg"),
        ("modality=SR", "ct_sr"),
        ("modality=US", "us pl"),
        ("modality=CT", "ct_sr head star like lower"),
        ("modality=MG,SR", "mg ct_sr"),
        ("modality=CT&modality=SR", "ct_sr"),
        ("modality=MR&patient.identifier=MRN-3003", "knee"),
        ("modality=mg", ""),
        ("modality=urn:other|MG", "", NONE),
        ("modality=|MG", "", NONE),
        (f"modality={DCM}|XX", "", NONE),
        (f"modality={DCM}|&started=2024-01-14", "ct_sr mg"),
        ("modality:not=CR&started=2024", "ct_sr mg kr pl star like lower knee"),
        ("modality:missing=true&started=2024", ""),
        ("modality:missing=false&started=2024-01-14", "ct_sr mg"),
    ),
    *cases(
        "series",
        (f"series={uid('ct_sr')}.2", "ct_sr"),
        (f"series=urn:oid:{uid('mg')}.1", "mg"),
        (f"series={uid('ct_sr')}.1,{uid('mg')}.1", "ct_sr mg"),
        (f"series={uid('ct_sr')}.2&modality=CT", "ct_sr"),
        (f"series={uid('ct_sr')}", ""),
        (f"series:not={uid('ct_sr')}.1&started=2024-01-14", "mg"),
        ("series:missing=true&started=2024-01-14", ""),
    ),
    *cases(
        "instance",
        (f"instance={uid('head')}.1.150", "head"),
        (f"instance=urn:oid:{uid('ct_sr')}.2.1", "ct_sr"),
        (f"instance={uid('ct_sr')}.1.1,{uid('mg')}.2.2", "ct_sr mg"),
        (f"instance={uid('head')}.1.301", ""),
        (f"instance={uid('head')}.1", ""),
        (f"instance={uid('ct_sr')}.1.1&patient.identifier={B}|MRN-1001", ""),
        (f"instance:not={uid('ct_sr')}.1.1&started=2024-01-14", "mg"),
    ),
    *cases(
        "dicom-class",
        (f"dicom-class={URI}|urn:oid:{archive.SR}", "ct_sr"),
        (f"dicom-class=urn:oid:{archive.MG}", "mg"),
        (f"dicom-class={archive.MR}", "kr knee"),
        (f"dicom-class={archive.MG},{archive.SR}", "mg ct_sr"),
        (f"dicom-class={archive.CT}&started=2024", "ct_sr star like lower"),
        (f"dicom-class:not={archive.CR}&started=2024", "ct_sr mg kr pl star like lower knee"),
        ("dicom-class=urn:oid:1.2.840.10008.5.1.4.1.1", ""),
    ),
    *cases(
        "patient",
        ("patient=Patient/1", "ct_sr"),
        ("patient=1", "ct_sr"),
        ("patient:Patient=1", "ct_sr"),
        ("patient=http://127.0.0.1:8081/Patient/1", "ct_sr"),
        ("patient=Patient/2", "mg"),
        ("patient=Patient/3", "us"),
        ("patient=Patient/both", "ct_sr mg"),
        ("patient=Patient/1,Patient/3", "ct_sr us"),
        ("patient=Patient/1&modality=SR", "ct_sr"),
        ("patient=Patient/1&patient=Patient/2", ""),
        ("patient=Patient/comma", "comma"),
        ("patient=Patient/amp", "amp"),
        ("patient=Patient/nobody", "", NONE),
        ("patient=Patient/unheard-of", "", NONE),
        ("patient:missing=true&started=2024-01-14", ""),
        ("patient:missing=false&started=2024-01-14", "ct_sr mg"),
    ),
    *cases(
        "patient.identifier",
        ("patient.identifier=MRN-1001", "ct_sr mg us"),
        (f"patient.identifier={A}|MRN-1001", "ct_sr"),
        (f"patient.identifier={B}|MRN-1001", "mg"),
        ("patient.identifier=|MRN-1001", "us"),
        ("patient.identifier=urn:oid:2.999.3|MRN-1001", ""),
        (f"patient.identifier={A}|MRN-1001,{B}|MRN-1001", "ct_sr mg"),
        (f"patient.identifier={A}|&started=2024-01-14", "ct_sr"),
        ("patient.identifier=mrn-1001", "lower"),
        ("patient.identifier=MRN-100", ""),
        # Literal commas, ampersands, stars and question marks; and what a server would find that cuts or expands them.
        ("patient.identifier=A%5C,3", "comma"),
        ("patient.identifier=A,3", "half"),
        ("patient.identifier=A", "half"),
        ("patient.identifier=A%26B", "amp"),
        ("patient.identifier=RT*01?", "star"),
        ("patient.identifier=RT%2A01%3F", "star"),
        ("patient.identifier=RTX01Y", "like"),
        ("patient.identifier=RT*", ""),
        ("patient.identifier=*", ""),
        ("patient.identifier=JP%20000123", "jp"),
        ("patient.identifier=JP+000123", "jp"),
        ("patient.identifier=KR^77", "kr"),
        ("patient.identifier=DE-4711/0815", "de"),
        ("patient.identifier=PL%5C|5", "pl"),
        ("patient.identifier=O-1._~!$'():@/x", "odd"),
        ("patient.identifier=M%C3%9CLLER-7&started=2025", "umlaut"),
        ("patient.identifier=MULLER-7&started=2025", ""),
        ("patient.identifier=UNI-1", "universal"),
        (f"patient:identifier={B}|MRN-1001", "mg"),
        (f"patient.identifier:of-type={V2}|MR|MRN-3003", "knee"),
        (f"patient.identifier:of-type={V2}|SS|MRN-3003", ""),
        (f"patient.identifier:not={A}|MRN-1001&started=2024-01-14", "mg"),
    ),
    *cases(
        "patient.name",
        ("patient.name=doe&started=2024", "ct_sr"),
        ("patient.name=YAMADA&started=2024", "jp"),
        ("patient.name=山田&started=2024-02", "jp"),
        ("patient.name=やまだ&started=2024-02", "jp"),
        ("patient.name=홍&started=2024-02", "kr"),
        ("patient.name=洪&started=2024-02", "kr"),
        # Composed, decomposed, in capitals, without its dots; and a hyphen divides no words.
        ("patient.name=m%C3%BC%C3%9Fig&started=2024-03", "de"),
        ("patient.name=mu%CC%88%C3%9Fig&started=2024-03", "de"),
        ("patient.name=M%C3%9C%C3%9FIG&started=2024-03", "de"),
        ("patient.name=jorg&started=2024-03", "de"),
        ("patient.name=acker&started=2024-03", ""),
        ("patient.name:contains=acker&started=2024-03", "de"),
        ("patient.name=dr&started=2024-03", "de"),
        ("patient.name=zo&started=2024-04", "pl"),
        ("patient.family=roe&started=2024-01-14", "mg"),
        ("patient.family=rachel&started=2024-01-14", ""),
        ("patient.given=rachel&started=2024-01-14", "mg"),
        ("patient.given=quintana&started=2024-01-14", "ct_sr"),
        ("patient.family:exact=Doe&started=2024-01-14", "ct_sr"),
        ("patient.family:exact=doe&started=2024-01-14", ""),
        ("patient.name=phantom&started=2024", "star like"),
        ("patient.name=*&started=2024", ""),
    ),
    *cases(
        "patient.birthdate",
        ("patient.birthdate=1970-02-14&started=2024", "ct_sr"),
        ("patient.birthdate=lt1950&started=2024", "de"),
        ("patient.birthdate=ge1990&started=2024", "pl knee"),
        ("patient.birthdate=2000-02-29&started=2024", "pl"),
        ("patient.birthdate:missing=true&started=2024-05", "comma half amp star like long"),
    ),
    *cases(
        "patient.gender",
        ("patient.gender=male&started=2024", "jp kr de lower knee"),
        ("patient.gender=female&started=2024", "ct_sr mg"),
        ("patient.gender=other&started=2024", "pl"),
        ("patient.gender=unknown&started=2024", ""),
        ("patient.gender:not=male&started=2024-05", "comma half amp star like long"),
    ),
    *cases(
        "subject",
        ("subject=Patient/1", "ct_sr"),
        ("subject:Patient=2", "mg"),
        ("subject=Device/1&started=2024-01-14", "", NONE),
        ("subject:Group=1&started=2024-01-14", "", NONE),
        (f"subject:identifier={B}|MRN-1001", "mg"),
        (f"subject.identifier={A}|MRN-1001", "ct_sr"),
    ),
    *cases(
        "referrer",
        ("referrer.name=house&started=2024", "ct_sr"),
        ("referrer.family=wilson&started=2024", "mg knee"),
        ("referrer.given=ichi&started=2024", "jp"),
        ("referrer.name:contains=nwald&started=2024", "de"),
        ("referrer.name=gr%C3%BCn&started=2024", "de"),
        # Whoever has no name may have a number, which is in a sequence.
        ("referrer:missing=false&started=2024", "ct_sr mg jp de knee", untold(9)),
        ("referrer:missing=true&started=2024", "", untold(9)),
        ("referrer:identifier=NPI-4711&started=2024-01-14", "", untold(2)),
        ("referrer=Practitioner/house&started=2024-01-14", "", untold(2)),
    ),
    *cases(
        "performer",
        ("performer.name=curie&started=2024-01-14", "ct_sr", untold(1)),
        ("performer.family=roentgen&started=2024-01-14", "ct_sr", untold(1)),
        ("performer.given=felix&started=2024-06", "knee"),
        ("performer.name=antheil&started=2023-12-31", "head"),
        ("performer.name=nobody&started=2024-06", "", untold(1)),
    ),
    *cases(
        "encounter",
        ("encounter:identifier=ADM-9&started=2024-01-14", "ct_sr", untold(1)),
        ("encounter.identifier=ADM-10&started=2024-06", "knee"),
        ("encounter=Encounter/9&started=2024-01-14", "ct_sr", untold(1)),
        ("encounter:missing=false&started=2024-06", "knee"),
    ),
    *cases(
        "reason",
        ("reason=233604007&started=2024-01-14", "", untold(2)),
        (f"reason={SCT}|125605004&started=2024-03", "", untold(1)),
        ("reason:missing=true&started=2024-03", "", untold(1)),
    ),
    *cases(
        "endpoint",
        ("endpoint.connection-type=dicom-wado-rs&started=2024-01-14", "ct_sr mg"),
        ("endpoint.connection-type=dicom-qido-rs&started=2024-01-14", ""),
        ("endpoint.status=active&started=2024-01-14", "ct_sr mg"),
        ("endpoint:missing=true&started=2024-01-14", ""),
        ("endpoint=Endpoint/unheard-of&started=2024-01-14", ""),
    ),
    *cases(
        "AND, OR, empty",
        ("modality=CT&started=2024-01-14&patient.gender=female&status=available", "ct_sr"),
        ("patient.identifier=MRN-1001&started=2024-01-14&modality=MG", "mg"),
        ("patient.identifier=MRN-1001,KR^77,MRN-3003&modality=CT,MR", "ct_sr kr knee"),
        ("modality=&started=2024-01-14", "ct_sr mg"),
        ("started=2024-01-14&&", "ct_sr mg"),
    ),
]
