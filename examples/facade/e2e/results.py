"""How answers are wanted: result parameters, preferences, formats."""

from __future__ import annotations

import archive
from client import Answer, Facade, key_of
from proxy import Proxy
from report import Report
from services import ENUMERATING, FACADE

YEAR = "started=2024"
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
DAY = ["ct_sr", "mg"]


def check(report: Report, proxy: Proxy) -> None:
    for release in ["R4", "R5"]:
        facade = Facade(FACADE, release)
        counts(report, facade, proxy)
        parts(report, facade)
        order(report, facade)
        includes(report, facade)
        formats(report, facade)
    preferences(report)


def counts(report: Report, facade: Facade, proxy: Proxy) -> None:
    for query in ["_summary=count", "_count=0"]:
        before = proxy.count
        answer = facade.search(f"{YEAR}&{query}")
        report.same(f"{query}: number alone", (answer.total, answer.studies), (14, []))
        report.same(f"{query}: one request", proxy.count - before, 1)
    for query, wanted in [("", 14), ("_total=accurate", 14), ("_total=estimate", 14), ("_total=none", None)]:
        report.same(f"total by {query!r}", facade.search(f"{YEAR}&_elements=identifier&{query}").total, wanted)
    answer = facade.search(f"{YEAR}&_count=5&_elements=identifier")
    report.same("_count=5", (len(answer.studies), answer.total, bool(answer.link("next"))), (5, 14, True))
    report.same("_count=14: no next page", facade.search(f"{YEAR}&_count=14&_elements=identifier").link("next"), None)
    # Of what is left out because nothing decides it nobody knows how many match; an estimate counts what does.
    missing = facade.search(f"{YEAR}&referrer:missing=false&_summary=count")
    report.same("what cannot be decided leaves no total", missing.total, None)


def parts(report: Report, facade: Facade) -> None:
    whole = {key_of(study): study for study in facade.search(YEAR).studies}
    for query in [
        "_summary=true",
        "_summary=text",
        "_summary=data",
        "_summary=false",
        "_elements=identifier,started",
        "_elements=series",
        "_elements=ImagingStudy.endpoint",
    ]:
        answer = facade.search(f"{YEAR}&{query}")
        report.same(f"{query}: the same studies", sorted(answer.keys), sorted(whole))
        is_part = query not in ("_summary=data", "_summary=false")
        for study in answer.studies:
            key = key_of(study)
            report.same(f"{query}: {key} says that it is not whole", study.get("meta", {}).get("tag") == [SUBSETTED], is_part)
            listed = any("instance" in series for series in study.get("series", []))
            report.same(f"{query}: {key}: instances", listed, query in ("_summary=data", "_summary=false", "_elements=series"))
            members = set(study) - {"meta"}
            mandatory = {"resourceType", "id", "status", "subject"}
            if query == "_summary=true":
                report.same(f"{query}: {key}: all else is there", members, set(whole[key]))
            elif query == "_summary=text":
                report.same(f"{query}: {key}: what is mandatory", members, mandatory)
            elif query == "_elements=identifier,started":
                report.same(f"{query}: {key}", members, mandatory | {"identifier"} | ({"started"} & set(whole[key])))
            elif query == "_elements=series":
                report.same(f"{query}: {key}", members, mandatory | {"series"})
            elif query == "_elements=ImagingStudy.endpoint":
                report.same(f"{query}: {key}", members, mandatory | {"endpoint", "contained"})
            elif "meta" not in study:
                report.same(f"{query}: {key}: whole", study, whole[key])
    read = facade.get(f"ImagingStudy/{archive.uid('head')}?_summary=true")
    report.same("a read has a summary too", (read.json["meta"]["tag"], "instance" in read.json["series"][0]), ([SUBSETTED], False))


def order(report: Report, facade: Facade) -> None:
    find = lambda query: facade.search(f"{query}&_elements=identifier,started").keys  # noqa: E731
    by_time = find(f"{YEAR}&_sort=started")
    # mg (10:15:00) before ct_sr (10:15:30). jp began at 15:30Z on the 28th, kr some time on the 29th.
    report.same(
        "_sort=started", by_time, ["mg", "ct_sr", "jp", "kr", "de", "pl", "comma", "half", "amp", "star", "like", "lower", "long", "knee"]
    )
    report.same("_sort=-started", find(f"{YEAR}&_sort=-started"), by_time[::-1])
    report.same("what has no date comes last", find("patient.identifier=MRN-1001&_sort=started"), ["mg", "ct_sr", "us"])
    report.same("and last the other way too", find("patient.identifier=MRN-1001&_sort=-started")[-1], "us")
    report.same("_sort=_id", find("patient.identifier=MRN-1001&_sort=_id"), ["ct_sr", "mg", "us"])
    report.same("_sort=-_id", find("patient.identifier=MRN-1001&_sort=-_id"), ["us", "mg", "ct_sr"])
    report.same("two keys", find("started=2024-01-14,2024-02-29&_sort=status,-started"), ["kr", "jp", "ct_sr", "mg"])
    for name in ["modality", "series", "bodysite", "colour"]:
        report.same(f"_sort={name}: refused strictly", facade.search(f"{YEAR}&_sort={name}", Prefer="handling=strict").status, 400)


def modes(answer: Answer) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in answer.entries:
        found.setdefault(entry["search"]["mode"], []).append(entry["resource"]["resourceType"])
    return found


def includes(report: Report, facade: Facade) -> None:
    answer = facade.search("patient.identifier=MRN-1001&_include=ImagingStudy:endpoint")
    report.same("endpoint: one for all", modes(answer).get("include"), ["Endpoint"])
    report.same("endpoint: total counts matches", answer.total, 3)
    (own,) = answer.resources("Endpoint")
    for study in answer.studies:
        report.same(
            "endpoint: referred to, not contained",
            (study["endpoint"], "contained" in study),
            ([{"reference": f"Endpoint/{own['id']}"}], False),
        )
    full = [entry["fullUrl"] for entry in answer.entries if entry["resource"]["resourceType"] == "Endpoint"]
    report.same("endpoint: its address in the Bundle", full, [f"{facade.base}/Endpoint/{own['id']}"])
    report.same("endpoint: can be read", facade.get(f"Endpoint/{own['id']}").json, own)
    report.same("endpoint: leads to the facade", own["address"], f"{facade.base}/dicom-web")
    back = facade.search(f"endpoint=Endpoint/{own['id']}&started=2024-01-14")
    report.same("endpoint: found by its reference", sorted(back.keys), DAY)
    found = facade.get("Endpoint?connection-type=dicom-wado-rs&status=active")
    report.same("endpoint: found by a search", [one["id"] for one in found.resources("Endpoint")], [own["id"]])
    report.same("endpoint: not by another type", facade.get("Endpoint?connection-type=dicom-qido-rs").total, 0)

    posted = facade.request("POST", "Endpoint/_search", "status=active", Content_Type="application/x-www-form-urlencoded")
    report.same("endpoint: found by POST", [one["id"] for one in posted.resources("Endpoint")], [own["id"]])
    report.same("endpoint: found by its id", facade.get(f"Endpoint?_id={own['id']}").total, 1)
    report.same("endpoint: counted", facade.get("Endpoint?_summary=count").total, 1)
    report.same("endpoint: another is not there", facade.get("Endpoint/unheard-of").status, 404)
    report.same("endpoint: by a parameter that it does not have", facade.get("Endpoint?colour=red", Prefer="handling=strict").status, 400)

    for parameter in ["patient", "subject"]:
        answer = facade.search(f"patient.identifier=MRN-1001&_include=ImagingStudy:{parameter}")
        patients = {entry["fullUrl"]: entry["resource"] for entry in answer.entries if entry["resource"]["resourceType"] == "Patient"}
        report.same(f"{parameter}: three people of one number", len(patients), 3)
        for study in answer.studies:
            wanted = archive.BY_KEY[key_of(study)].patient
            patient = patients.get(f"{facade.base}/{study['subject'].get('reference')}")
            if not report.check(f"{parameter}: the subject is in the Bundle", patient is not None, study["subject"]):
                continue
            report.same(f"{parameter}: the right one", patient["name"][0]["family"], wanted.name.split("^")[0])
            report.same(f"{parameter}: with its system", patient["identifier"][0].get("system"), wanted.system)
            birth = f"{wanted.birth[:4]}-{wanted.birth[4:6]}-{wanted.birth[6:]}" if wanted.birth else None
            report.same(f"{parameter}: born", patient.get("birthDate"), birth)
    names = facade.search("patient.identifier=JP%20000123&_include=ImagingStudy:patient").resources("Patient")[0]["name"]
    codes = [name["extension"][0]["valueCode"] for name in names]
    report.same(
        "a name in three scripts",
        list(zip(codes, [name["family"] for name in names])),
        [("ABC", "Yamada"), ("IDE", "山田"), ("SYL", "やまだ")],
    )
    everything = facade.search("identifier=urn:oid:" + archive.uid("ct_sr") + "&_include=*")
    report.same(
        "_include=*",
        sorted(modes(everything)["include"]),
        ["Endpoint", "Patient"] + ["Practitioner"] * (4 if facade.release != "R5" else 3),
    )


def formats(report: Report, facade: Facade) -> None:
    query = "started=2024-01-14"
    version = {"R4": "4.0", "R5": "5.0"}[facade.release]
    for format_ in ["json", "application/json", "application/fhir%2Bjson", "application/fhir+json", "text/json"]:
        answer = facade.search(f"{query}&_format={format_}")
        report.same(
            f"_format={format_}", (answer.status, answer.headers["content-type"]), (200, f"application/fhir+json; fhirVersion={version}")
        )
    for format_ in ["xml", "application/fhir%2Bxml", "text/turtle", "html"]:
        report.same(f"_format={format_}", facade.search(f"{query}&_format={format_}").status, 406)
    for accept, status in [
        ("application/fhir+xml", 406),
        ("text/html", 406),
        ("application/fhir+json; fhirVersion=3.0", 406),
        ("*/*", 200),
        ("application/json", 200),
        ("application/fhir+xml, application/fhir+json;q=0.1", 200),
        ("application/fhir+json;q=0", 406),
        ("text/html, */*;q=0.1", 200),
    ]:
        answer = facade.search(query, Accept=accept)
        report.same(f"Accept: {accept}", answer.status, status)
        report.check(f"Accept: {accept}: FHIR in any case", answer.json.get("resourceType") in ("Bundle", "OperationOutcome"), answer.text)
    for link in ["self"]:
        answer = facade.search(f"{query}&modality=CT,MG&_sort=-started&_count=1")
        report.same("the self link is the search", facade.get(answer.link(link) or "").json, answer.json)
        report.check("the self link is absolute", (answer.link(link) or "").startswith(f"{facade.base}/ImagingStudy?"), answer.link(link))


def preferences(report: Report) -> None:
    facade = Facade(ENUMERATING)
    query = "started=2024-01-14&colour=red"
    for prefer, status in [
        ("handling=strict", 400),
        ("handling=lenient", 200),
        (None, 200),
        ("HANDLING=strict", 400),
        ('handling="strict"', 400),
        ("return=minimal, handling=strict", 400),
        ("respond-async", 200),
        ("handling=strict, handling=lenient", 400),
        ("handling", 200),
        (";=,", 200),
    ]:
        answer = facade.search(query, **({"Prefer": prefer} if prefer else {}))
        report.same(f"Prefer: {prefer}", answer.status, status)
        if status == 200:
            report.same(f"Prefer: {prefer}: answered without it", sorted(answer.keys), DAY)
            report.check(f"Prefer: {prefer}: told", bool(answer.told("not-supported")), answer.issues)
