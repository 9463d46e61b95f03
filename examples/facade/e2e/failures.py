"""An archive that fails: whatever it does, the client is told, and no half of an answer is given for the whole."""

from __future__ import annotations

import time

import archive
import proxy as faults
from client import Facade
from proxy import Proxy
from report import Report
from services import ENUMERATING, FRAGILE, PATIENCE

SEARCH = "started=2024"
FOUND = 14
METADATA = "dicom-web/studies/2.999.31.1/metadata"
HTML = b"<!DOCTYPE html><html><body>Login</body></html>"


def check(report: Report, proxy: Proxy) -> None:
    facade = Facade(FRAGILE)
    for name, fault, status, code in [
        ("hangs up in the middle of a body", faults.cut_in_the_body, 502, "transient"),
        ("hangs up in the middle of a chunk", faults.cut_in_a_chunk, 502, "transient"),
        ("hangs up before the end of the body is told", faults.cut_between_chunks, 502, "transient"),
        ("hangs up without a word", faults.cut_before_the_head, 502, "transient"),
        ("answers HTML", faults.says(200, HTML, "text/html"), 502, "exception"),
        ("answers HTML that it calls JSON", faults.says(200, HTML), 502, "exception"),
        ("answers half a JSON", faults.truncated, 502, "exception"),
        ("answers an error as JSON", faults.says(200, b'{"HttpStatus":500,"Message":"no"}', "application/json"), 502, "exception"),
        ("answers a number", faults.says(200, b"42"), 502, "exception"),
        ("answers bytes that are no UTF-8", faults.says(200, b'[{"0020000D":{"vr":"UI","Value":["\xff\xfe"]}}]'), 502, "exception"),
        ("sends for ever", faults.endless(3), 422, "too-costly"),
        ("breaks", faults.says(500), 502, "exception"),
        ("is a gateway", faults.says(502), 502, "exception"),
        ("sends elsewhere", faults.says(302, Location="http://127.0.0.1:1/"), 502, "exception"),
        ("wants a login", faults.says(401, WWW_Authenticate='Basic realm="PACS of Jane"'), 502, "login"),
        ("forbids", faults.says(403), 403, "forbidden"),
        ("is asked too often", faults.says(429, Retry_After="7"), 429, "throttled"),
        ("is away", faults.says(503, Retry_After="120"), 503, "transient"),
        ("is away until a date", faults.says(503, Retry_After="Wed, 25 Nov 2026 20:00:00 GMT"), 503, "transient"),
    ]:
        # The first request selects; later ones are for what studies hold.
        for what, where, skip in [("all studies", "/studies?", 0), ("series", "/series?", 3), ("instances", "/instances?", 0)]:
            with proxy.fault(fault, where, skip):
                answer = facade.search(SEARCH)
            case = f"the archive {name} ({what})"
            if not report.same(f"{case}: status", answer.status, status):
                print(f"       {answer.issues} {answer.keys}")
            report.same(f"{case}: told", [issue["code"] for issue in answer.issues], [code])
            report.check(
                f"{case}: no realm, no body of the archive",
                not any(word in answer.text for word in ["Jane", "Login", "HttpStatus"]),
                answer.text,
            )
            retry = answer.headers.get("retry-after")
            wanted = {429: "7", 503: "120" if "date" not in name else "Wed, 25 Nov 2026 20:00:00 GMT"}.get(status)
            report.same(f"{case}: Retry-After", retry, wanted)
            report.same(f"{case}: no challenge is passed on", answer.headers.get("www-authenticate"), None)
    # A header that is none is not passed on.
    with proxy.fault(faults.says(503, Retry_After="soon, Jane"), "/studies?"):
        report.same("a Retry-After that is none", facade.search(SEARCH).headers.get("retry-after"), None)
    slow(report, proxy, facade)
    nothing(report, proxy, facade)
    passed_through(report, proxy, facade)
    compressed(report, proxy, facade)
    # Connections are kept, and the archive closes them when it likes: no client need know.
    for _ in range(5):
        proxy.close_idle()
        report.same("connections that were closed while nobody used them", facade.search("identifier=ACC-0001").keys, ["ct_sr"])
    answer = facade.search(SEARCH)
    report.same("when the archive is well again all is well", (answer.status, len(answer.studies)), (200, FOUND))


def slow(report: Report, proxy: Proxy, facade: Facade) -> None:
    for name, fault in [("begins late", faults.slow_to_begin(PATIENCE + 2)), ("dribbles", faults.slow_to_end(PATIENCE + 2))]:
        began = time.monotonic()
        with proxy.fault(fault, "/instances?", 1):
            answer = facade.search("patient.identifier=MRN-1001")
        report.same(f"an archive that {name}", (answer.status, [issue["code"] for issue in answer.issues]), (504, ["timeout"]))
        took = time.monotonic() - began
        report.check(f"an archive that {name}: in time", PATIENCE - 0.5 < took < PATIENCE + 1.9, took)
    with proxy.fault(faults.slow_to_begin(PATIENCE / 2), "/instances?"):
        answer = facade.search("patient.identifier=MRN-1001")
        report.same("an archive that is slow, but not too slow", (answer.status, len(answer.studies)), (200, 3))
    with proxy.fault(faults.slow_to_begin(PATIENCE / 2), "/instances?"):
        report.same("patience is the facade's to have", Facade(ENUMERATING).search("identifier=ACC-0001").keys, ["ct_sr"])


def nothing(report: Report, proxy: Proxy, facade: Facade) -> None:
    """What there is not, in the many ways archives say so."""
    for name, fault in [("204", faults.says(204)), ("[]", faults.says(200, b"[]")), ("an empty body", faults.says(200))]:
        with proxy.fault(fault, "/studies?"):
            answer = facade.search(SEARCH)
            report.same(f"no studies, said by {name}", (answer.status, answer.total, answer.entries), (200, 0, []))
            read = facade.get("ImagingStudy/2.999.31.1")
            report.same(f"no study to read, said by {name}", read.status, 404)
    # A study that is listed, and whose series or instances are not to be had, is not shown as one without.
    for where in ["/series?", "/instances?"]:
        for status in [404, 410]:
            with proxy.fault(faults.says(status), where):
                answer = facade.search("identifier=ACC-0001")
            told = answer.status == 502 or bool(answer.told("incomplete"))
            report.check(f"a study whose {where} is {status}: told", told, (answer.status, answer.text[:500]))
        with proxy.fault(faults.says(200, b"[]"), where):
            answer = facade.search("identifier=ACC-0001")
        listed = sorted(one["uid"] for study in answer.studies for series in study.get("series", []) for one in series.get("instance", []))
        # Rows of instances say what series there are.
        told = answer.status == 502 or bool(answer.told("incomplete")) or listed == sorted(archive.BY_KEY["ct_sr"].instance_uids)
        report.check(f"a study whose {where} is empty: told, or whole all the same", told, (answer.status, answer.text[:500]))
    # Nothing of it disturbs what was said before: other studies' answers, and other conversations.
    with proxy.fault(faults.says(500), "/studies/2.999.31.2/"):
        report.same("another study's failure", facade.search("identifier=ACC-0001").keys, ["ct_sr"])


def passed_through(report: Report, proxy: Proxy, facade: Facade) -> None:
    for name, fault, status in [
        ("hangs up without a word", faults.cut_before_the_head, 502),
        ("begins late", faults.slow_to_begin(PATIENCE + 1), 504),
        ("is away", faults.says(503, Retry_After="120"), 503),
        ("has it not", faults.says(404), 404),
        ("forbids", faults.says(403), 403),
    ]:
        with proxy.fault(fault, "/metadata"):
            answer = facade.get(METADATA, Accept="application/dicom+json")
        report.same(f"passed through: the archive {name}", answer.status, status)
        if status == 503:
            report.same("passed through: Retry-After", answer.headers.get("retry-after"), "120")


def compressed(report: Report, proxy: Proxy, facade: Facade) -> None:
    """What is stored compressed is sent so by some archives, whatever was asked for."""
    with proxy.fault(faults.compressed):
        answer = facade.search(SEARCH)
        passed = facade.session.get(f"{facade.base}/{METADATA}", headers={"Accept": "application/dicom+json"}, timeout=60)
    report.same("an archive that compresses", (answer.status, len(answer.studies)), (200, FOUND))
    report.same("passed through: compressed, and it says so", (passed.headers.get("content-encoding"), len(passed.json()) > 0), ("gzip", True))
    with proxy.fault(faults.compressed_in_part, "/studies?"):
        answer = facade.search(SEARCH)
    report.same("an archive that compresses, and hangs up", (answer.status, [issue["code"] for issue in answer.issues]), (502, ["transient"]))


def gone(report: Report) -> None:
    """With the proxy stopped nobody answers at all."""
    facade = Facade(FRAGILE)
    answer = facade.search(SEARCH)
    report.same("an archive that is not there", (answer.status, [issue["code"] for issue in answer.issues]), (502, ["transient"]))
    report.same("what needs no archive is there", facade.get("metadata").status, 200)
    report.same("nothing passes through", facade.get(METADATA, Accept="application/dicom+json").status, 502)
