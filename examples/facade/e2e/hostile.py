"""Wrong and hostile requests: each gets its 4xx, the archive gets nothing, nothing of what was sent comes back in an error."""

from __future__ import annotations

import socket

import archive
from archive import uid
from client import Answer, Facade, raw
from proxy import Proxy
from report import Report
from services import DICOMWEB, FACADE

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONE = uid("ct_sr")
# Planted in what is sent; no error may hold it.
CANARY = "Canary7"


def check(report: Report, proxy: Proxy) -> None:
    paths(report, proxy)
    methods(report, proxy)
    forms(report)
    sizes(report, proxy)
    headers(report)
    injections(report, proxy)
    behind(report, proxy)
    answer = Facade(FACADE).search("identifier=ACC-0001")
    report.same("after all that it serves", answer.keys, ["ct_sr"])


def is_outcome(answer: Answer) -> bool:
    return answer.json.get("resourceType") == "OperationOutcome" and CANARY not in answer.text


def paths(report: Report, proxy: Proxy) -> None:
    for target, status in [
        ("/", 404),
        (f"/{CANARY}", 404),
        ("/Patient", 404),
        (f"/Patient/{CANARY}", 404),
        ("/Observation?code=1", 404),
        ("/imagingstudy", 404),
        (f"/ImagingStudy/{ONE}/_history", 404),
        (f"/ImagingStudy/{ONE}/_history/1", 404),
        ("/ImagingStudy/_history", 404),
        ("/ImagingStudy/$validate", 404),
        ("/$export", 404),
        ("/_search", 404),
        ("/_history", 404),
        ("/metadata/x", 404),
        ("/ImagingStudy/_search/x", 404),
        ("/.well-known/x", 404),
        # Nothing is resolved in a path: a client that wants something else asks for it.
        ("/ImagingStudy/../metadata", 404),
        ("/../../etc/passwd", 404),
        (f"/ImagingStudy/{ONE}/../{uid('mg')}", 404),
        ("/%2e%2e/metadata", 404),
        (f"/ImagingStudy%2F{ONE}", 404),
        (f"/ImagingStudy/{ONE}%2F", 404),
        (f"/ImagingStudy/{ONE}%2Fseries", 404),
        (f"/ImagingStudy/{ONE}%252F", 404),
        (f"/ImagingStudy/{ONE}%00", 404),
        (f"/ImagingStudy/{ONE}%0A", 404),
        (f"/ImagingStudy/{ONE},{uid('mg')}", 404),
        ("/ImagingStudy/*", 404),
        (f"/ImagingStudy/{ONE}%5C{uid('mg')}", 404),
        ("/ImagingStudy/.", 404),
        ("/ImagingStudy/..", 404),
        ("/ImagingStudy/%zz", 404),
        ("/ImagingStudy/%ff", 404),
        (f"/ImagingStudy/urn:oid:{ONE}", 404),
        (f"/ImagingStudy/{'1.' * 40}1", 404),
        ("/ImagingStudy/%E5%B1%B1", 404),
    ]:
        before = proxy.count
        answer = raw(FACADE, target)
        report.same(f"GET {target}", (answer.status, is_outcome(answer)), (status, True))
        report.same(f"GET {target}: the archive is not asked", proxy.count, before)
    for target in [
        f"/ImagingStudy/{ONE}",
        f"/%49magingStudy/{ONE}",
        f"/ImagingStudy/{ONE.replace('.', '%2E')}",
        f"/ImagingStudy/{ONE}/",
        f"/ImagingStudy/{ONE}#x",
    ]:
        report.same(f"GET {target}: the same study", raw(FACADE, target).json.get("id"), ONE)
    for target, status in [
        (f"/ImagingStudy/{ONE}?x=%zz", 400),
        ("/ImagingStudy?modality=%zz&started=2024", 400),
        ("/ImagingStudy?%zz=1&started=2024", 400),
        ("/ImagingStudy?modality=%ff&started=2024", 400),
    ]:
        answer = raw(FACADE, target)
        report.same(f"GET {target}", (answer.status, is_outcome(answer)), (status, True))


def methods(report: Report, proxy: Proxy) -> None:
    before = proxy.count
    for method, target, status in [
        ("PUT", f"/ImagingStudy/{ONE}", 405),
        ("DELETE", f"/ImagingStudy/{ONE}", 405),
        ("PATCH", f"/ImagingStudy/{ONE}", 405),
        ("POST", f"/ImagingStudy/{ONE}", 405),
        ("POST", "/ImagingStudy", 405),
        ("PUT", "/ImagingStudy", 405),
        ("DELETE", "/ImagingStudy?identifier=ACC-0001", 405),
        ("PUT", "/ImagingStudy/_search", 405),
        ("OPTIONS", "/ImagingStudy", 405),
        ("TRACE", "/ImagingStudy", 405),
        ("BREW", "/ImagingStudy", 405),
        ("POST", "/metadata", 405),
        ("DELETE", "/metadata", 405),
        ("POST", "/Patient", 404),
        ("PUT", "/Endpoint/1", 405),
        ("POST", "/", 404),
    ]:
        answer = raw(FACADE, target, method, b"{}" if method in ("PUT", "POST", "PATCH") else None)
        report.same(f"{method} {target}", (answer.status, is_outcome(answer)), (status, True))
        if status == 405:
            report.check(f"{method} {target}: Allow", "GET" in answer.headers.get("allow", ""), answer.headers)
    report.same("no method but reading reaches the archive", proxy.count, before)


def forms(report: Report) -> None:
    body = b"identifier=ACC-0001"
    for name, body, fields, status in [
        ("a form", body, FORM, 200),
        ("a form with a charset", body, {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}, 200),
        ("a type in capitals", body, {"Content-Type": "Application/X-WWW-Form-URLEncoded"}, 200),
        ("a form that ends with a line", body + b"\r\n", FORM, 200),
        ("JSON", b'{"resourceType":"Parameters"}', {"Content-Type": "application/fhir+json"}, 415),
        ("no type", body, {}, 415),
        ("multipart", body, {"Content-Type": "multipart/form-data; boundary=x"}, 415),
        ("nothing at all", b"", {}, 422),
        ("an empty form", b"", FORM, 422),
        ("no UTF-8", b"patient.name=\xff\xfe", FORM, 400),
        ("no UTF-8, encoded", b"patient.name=%FF", FORM, 400),
        ("NUL", b"patient.name=\x00&identifier=ACC-0001", FORM, 200),
        ("no pairs", CANARY.encode(), FORM, 422),
        ("two MiB", b"identifier=" + b"x" * (2 << 20), FORM, 413),
        # Longer than what can be sent: nothing is left that selects.
        ("under a MiB, one value", b"identifier=" + b"x" * 900_000, FORM, 400),
        ("as long as a query may be, one value", b"identifier=" + b"x" * 50_000, FORM, 422),
        ("a thousand and one values", b"identifier=" + b",".join(b"A%d" % n for n in range(1001)), FORM, 400),
        ("101 clauses", b"&".join(b"identifier=A" for _ in range(101)), FORM, 400),
    ]:
        try:
            answer = raw(FACADE, "/ImagingStudy/_search", "POST", body, fields)
        except OSError as error:
            # It need not read to its end what it does not want.
            report.check(f"POST of {name}: hangs up", status == 413, error)
            continue
        report.same(f"POST of {name}", answer.status, status)
        if status not in (200, 413):
            report.check(f"POST of {name}: told", is_outcome(answer), answer.text[:300])


def sizes(report: Report, proxy: Proxy) -> None:
    before = proxy.count
    for size in [10_000, 60_000, 300_000, 2_000_000]:
        try:
            status = raw(FACADE, "/ImagingStudy?identifier=" + CANARY * (size // len(CANARY))).status
        except OSError:
            status = 0  # It does not listen to the end.
        report.check(f"a URL of {size} bytes", status in (0, 400, 413, 414, 422, 431), status)
    report.check("what is longer than anything in an archive is not asked for", proxy.count == before, proxy.since(before)[:1])
    for count in [90, 500]:
        status = raw(FACADE, "/metadata", headers={f"X-{CANARY}-{n}": "x" * 50 for n in range(count)}).status
        report.check(f"{count} header fields", status in (200, 431), status)


def headers(report: Report) -> None:
    target = f"/ImagingStudy/{ONE}"
    for name, fields, status in [
        ("Accept of junk", {"Accept": ";;;,,"}, 406),
        ("Accept that is no text", {"Accept": "\xff\xfe"}, 200),
        ("an empty Accept", {"Accept": ""}, 200),
        ("a weight that is none", {"Accept": "application/fhir+json;q=lots"}, 406),
        ("a release that is none", {"Accept": "application/fhir+json;fhirVersion=9.9"}, 406),
        ("Prefer of junk", {"Prefer": "=;=handling=,strict"}, 200),
        ("a range", {"Range": "bytes=0-1"}, 200),
        ("If-None-Match", {"If-None-Match": "*"}, 200),
        ("a forwarded host", {"X-Forwarded-Host": "evil.example", "Host": "evil.example"}, 200),
        ("a token", {"Authorization": "Bearer " + "x" * 4000}, 200),
        ("a method override", {"X-HTTP-Method-Override": "DELETE"}, 200),
        ("a request id of junk", {"X-Request-Id": f"{CANARY} ^{'x' * 100}"}, 200),
    ]:
        answer = raw(FACADE, target, headers=fields)
        report.same(name, answer.status, status)
        report.check(f"{name}: leads nowhere else", "evil.example" not in answer.text and CANARY not in str(answer.headers), answer.headers)
    report.same("a request id comes back", raw(FACADE, target, headers={"X-Request-Id": "abc-1"}).headers.get("x-request-id"), "abc-1")
    for name, text in [
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
        ("no version", b"GET /metadata\r\n\r\n"),
        ("a header without colon", b"GET /metadata HTTP/1.1\r\nHost\r\n\r\n"),
        ("two lengths", b"POST /ImagingStudy/_search HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        ("a length that is none", b"POST /ImagingStudy/_search HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        ("a space in the path", b"GET /Imaging Study HTTP/1.1\r\nHost: x\r\n\r\n"),
    ]:
        with socket.create_connection(("127.0.0.1", FACADE), timeout=10) as connection:
            connection.sendall(text)
            came = connection.recv(1 << 16)
        report.check(f"{name}: refused", came == b"" or came.split(b" ")[1][:1] == b"4", came[:100])


def injections(report: Report, proxy: Proxy) -> None:
    """A value is a value: never a wildcard, a list, a second parameter, a path or a header."""
    facade = Facade(FACADE)
    for query in [
        "patient.identifier=MRN-1001%26PatientID=MRN-2002",
        "patient.identifier=MRN-1001%2526PatientID=MRN-2002",
        "patient.identifier=x%26limit=1",
        "identifier=ACC*",
        "identifier=ACC-000%3F",
        "identifier=%2A",
        "patient.identifier=MRN-1001%5C%5CMRN-2002",
        "patient.identifier=MRN-1001%5C,MRN-2002",
        "identifier=ACC-0001%0D%0AX:y",
        "identifier=ACC-0001%00",
        "patient.identifier=%20MRN-1001",
        "patient.identifier=MRN-1001%20",
        "patient.identifier=../../system",
        "patient.identifier=%25",
        "patient.identifier=MRN-1001%23",
        "series=2.999.31.1.*",
        "series=2.999.31.1.1/../../",
        "_id=2.999.31.1/series",
        "identifier=urn:oid:2.999.31.*",
    ]:
        before = proxy.count
        answer = facade.search(query)
        targets = proxy.since(before)
        report.check(f"{query}: finds nothing", answer.status in (200, 400, 422) and not answer.studies, (answer.status, answer.keys))
        for target in targets:
            path, _, asked = target.partition("?")
            names = [pair.split("=")[0] for pair in asked.split("&")]
            report.check(
                f"{query}: asks one thing",
                len(names) == len(set(names)) and len(names) <= 2 and "*" not in asked and "limit" not in names,
                target,
            )
            report.check(f"{query}: of the service", path in ("/dicom-web/studies", "/dicom-web/series", "/dicom-web/instances"), path)


def behind(report: Report, proxy: Proxy) -> None:
    """What is passed through is what is behind a study, and nothing else of the archive."""
    for target in [
        "",
        "/",
        "/studies",
        "/studies/",
        "/series",
        "/instances",
        "/studies?PatientID=MRN-1001",
        "/servers",
        "/info",
        "/wado?requestType=WADO",
        "/../system",
        "/..%2Fsystem",
        "/studies/../../system",
        f"/studies/{ONE}/../{uid('mg')}/metadata",
        f"/studies/{ONE}/%2e%2e/%2e%2e/%2e%2e/system",
        f"/studies/{ONE}%2F..%2F..%2Fsystem",
        f"/studies/{ONE}%252F..%252Fsystem",
        f"/x/studies/{ONE}/metadata",
        f"/http://127.0.0.1:8042/studies/{ONE}/metadata",
        f"/studies/{ONE}/archive",
        f"/studies/{ONE},{uid('mg')}/metadata",
        f"/studies/{ONE}%5C{uid('mg')}/metadata",
        "/studies/*/metadata",
        "/studies/%2A/metadata",
        f"/studies/{ONE}/metadata/x",
        f"/studies/{ONE}/series/../../../system",
        "/studies//metadata",
        f"/studies/{ONE}%00/metadata",
        f"/studies/{ONE};x/metadata",
        f"/studies//{ONE}/metadata",
        f"/studies/{ONE}/series/x*/metadata",
        "/studies/../studies",
        "/app/explorer.html",
        f"/studies/{CANARY}@x/metadata",
    ]:
        before = proxy.count
        answer = raw(FACADE, f"/dicom-web{target}")
        report.same(f"GET /dicom-web{target}", answer.status, 404)
        report.same(f"GET /dicom-web{target}: the archive is not asked", proxy.since(before), [])
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]:
        before = proxy.count
        answer = raw(FACADE, f"/dicom-web/studies/{ONE}", method, b"x" if method in ("POST", "PUT") else None)
        report.same(f"{method} /dicom-web/studies/...", (answer.status, proxy.count), (405, before))
    report.same("DELETE of the archive's own", raw(FACADE, f"/dicom-web/studies/{ONE}/metadata", "DELETE").status, 405)
    import requests

    left = requests.get(f"{DICOMWEB}/studies", timeout=60).json()
    report.same("all studies are still there", len(left), len(archive.ALL))
    for target, status in [
        (f"/studies/{ONE}/metadata", 200),
        (f"/studies/{ONE}/series", 200),
        (f"/studies/{ONE}/series/{ONE}.1/metadata", 200),
        (f"/studies/{ONE}/series/{ONE}.1/instances", 200),
        (f"/studies/{ONE}/series/{ONE}.1/instances/{ONE}.1.1/metadata", 200),
        ("/studies/1.2.3/metadata", 404),
    ]:
        answer = raw(FACADE, f"/dicom-web{target}", headers={"Accept": "application/dicom+json"})
        report.same(f"GET /dicom-web{target}: passed through", answer.status, status)
    head = raw(FACADE, f"/dicom-web/studies/{ONE}/metadata", "HEAD", headers={"Accept": "application/dicom+json"})
    report.same("HEAD passed through", (head.status, head.text), (200, ""))
    before = proxy.count
    answer = raw(
        FACADE, f"/dicom-web/studies/{ONE}/series?x=%0D%0AX-Injected:1&includefield=00081030", headers={"Accept": "application/dicom+json"}
    )
    report.check(
        "line breaks stay encoded",
        answer.status in (200, 400) and "x-injected" not in answer.headers and "\r" not in "".join(proxy.since(before)),
        answer.headers,
    )
