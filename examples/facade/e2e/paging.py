"""Page by page through 250 studies: by hand, and by real FHIR clients."""

from __future__ import annotations

import archive
from client import Answer, Facade, uid_of
from fhirclient.models.imagingstudy import ImagingStudy
from fhirclient.server import FHIRServer
from fhirpy import SyncFHIRClient
from report import Report
from services import ENUMERATING, FACADE

WANTED = sorted(study.uid for study in archive.MANY_STUDIES)


def pages(facade: Facade, first: Answer) -> list[Answer]:
    found = [first]
    while link := found[-1].link("next"):
        if len(found) > 300:
            raise AssertionError("it never ends")
        found.append(facade.get(link))
    return found


def all_once(report: Report, what: str, found: list[str]) -> None:
    report.same(f"{what}: how many", len(found), len(WANTED))
    report.check(f"{what}: each exactly once", sorted(found) == WANTED, sorted(set(found) ^ set(WANTED))[:5])


def by_hand(report: Report) -> None:
    facade = Facade(FACADE)
    for query, size, count in [
        ("patient=Patient/many", 20, 13),
        ("patient=Patient/many&_count=80&_summary=true", 80, 4),
        ("patient.identifier=MANY-1&_count=27&_elements=identifier", 27, 10),
        ("patient=Patient/many&_count=1000&_elements=identifier", 100, 3),
        ("patient=Patient/many&_count=250&_sort=-started&_elements=identifier,started", 100, 3),
        ("patient=Patient/many&_count=40&_total=none&_elements=identifier", 40, 7),
    ]:
        found = pages(facade, facade.search(query))
        report.same(f"{query}: pages", len(found), count)
        report.same(f"{query}: every page is full but the last", {len(page.studies) for page in found[:-1]}, {size})
        report.same(f"{query}: total", {page.total for page in found}, {None if "_total=none" in query else 250})
        all_once(report, query, [uid_of(study) for page in found for study in page.studies])
        if "_summary" in query:
            again = facade.get(found[1].link("self") or "")
            report.same(f"{query}: the self link is that page", again.keys, found[1].keys)
        if "_sort" in query:
            days = [study["started"] for page in found for study in page.studies]
            report.check(f"{query}: in order over all pages", days == sorted(days, reverse=True), days[:5])
    # A page costs what the archive is asked for it: with all its instances 100 studies are more than one answer may.
    found = pages(facade, facade.search("patient=Patient/many&_count=100"))
    all_once(report, "pages that end where the requests do", [uid_of(study) for page in found for study in page.studies])
    posted = pages(facade, facade.post("patient=Patient/many&_count=90&_elements=identifier"))
    all_once(report, "begun by POST", [uid_of(study) for page in posted for study in page.studies])
    for release, query in [
        ("R5", "patient=Patient/many&_count=100&_elements=identifier"),
        ("R4", "patient=Patient/many&_count=100&_elements=identifier&_format=application/fhir%2Bjson;fhirVersion=5.0"),
    ]:
        found = pages(Facade(FACADE, release), Facade(FACADE, release).search(query))
        all_once(report, f"{release} {query}", [uid_of(study) for page in found for study in page.studies])
        report.same(f"{release} {query}: R5 on every page", {page.headers["content-type"].rpartition("=")[2] for page in found}, {"5.0"})


def cursors(report: Report) -> None:
    facade = Facade(FACADE)
    link = facade.search("patient=Patient/many&_count=10&_elements=identifier").link("next") or ""
    place, _, cursor = link.rpartition("_cursor=")
    for changed in [
        cursor[:-1] + ("0" if cursor[-1] != "0" else "1"),
        "10",
        "-1",
        "abc",
        "99999999999999999999-" + cursor.split("-")[1],
        "",
    ]:
        answer = facade.get(f"{place}_cursor={changed}")
        report.same(f"cursor {changed[:6]!r}...: refused", answer.status, 400)
    other = facade.get(link.replace("patient=Patient/many", "patient=Patient/1"))
    report.same("a cursor of another search", other.status, 400)
    # Nothing is kept between pages: any facade over the archive goes on where another left off.
    elsewhere = Facade(ENUMERATING).get(link.replace(str(FACADE), str(ENUMERATING)))
    report.same("another facade gives the same page", elsewhere.keys, facade.get(link).keys)
    beyond = facade.get(f"{place}_cursor=100000-{cursor.split('-')[1]}")
    report.same("beyond the end there is nothing", (beyond.status, beyond.keys, beyond.link("next")), (200, [], None))


def by_clients(report: Report) -> None:
    base = f"http://127.0.0.1:{FACADE}"
    fhirpy = SyncFHIRClient(base)
    studies = fhirpy.resources("ImagingStudy")
    all_once(report, "fhirpy fetch_all", [study.id for study in studies.search(patient="Patient/many").fetch_all()])
    all_once(
        report,
        "fhirpy, 33 a page",
        [study.id for study in studies.search(patient__identifier="MANY-1").limit(33).elements("identifier").fetch_all()],
    )
    report.same("fhirpy counts", studies.search(patient="Patient/many").count(), 250)
    first = studies.search(started__ge="2022-03-01", started__le="2022-03-02", patient="Patient/many").sort("-started").first()
    report.same("fhirpy sorts and takes the first", first.started, "2022-03-02")
    read = fhirpy.reference("ImagingStudy", archive.uid("mg")).to_resource()
    report.same("fhirpy reads", read.get_by_path(["series", 0, "modality", "code"]), "MG")
    include = studies.search(identifier="ACC-0001").include("ImagingStudy", "endpoint").fetch_raw()
    kinds = [(entry.search.mode, entry.resource.resourceType) for entry in include.entry if entry.search.mode != "outcome"]
    report.same("fhirpy includes", kinds, [("match", "ImagingStudy"), ("include", "Endpoint")])

    server = FHIRServer(None, base)
    server.prepare()
    report.same("fhirclient reads metadata", server.capabilityStatement.fhirVersion, "4.0.1")
    found = ImagingStudy.where({"patient": "Patient/many", "_summary": "true", "_count": "60"}).perform_resources_iter(server)
    # What is left out is told by an OperationOutcome on every page.
    all_once(report, "fhirclient, page by page, by its strict models", [one.id for one in found if isinstance(one, ImagingStudy)])
    one = ImagingStudy.read(archive.uid("mg"), server)
    report.same("fhirclient reads", (one.status, one.numberOfSeries, one.started.isostring), ("available", 2, "2024-01-14T10:15:00+00:00"))
