"""The same archive, of which the facade is told nothing (`--server unknown`), one request at a time.

It asks more, and finds the same, or says why not.
"""

from __future__ import annotations

import cases_by_release
from client import Facade
from report import Report
from services import UNKNOWN

# Whose number it is can be seen where a row has an issuer, and cannot where it has none: not every archive returns it.
NORA = ["patient=Patient/3", "patient=Patient/1,Patient/3", "patient.identifier=|MRN-1001"]


def check(report: Report) -> None:
    facade = Facade(UNKNOWN)
    found = refused = 0
    for case in cases_by_release.of("R4"):
        if "127.0.0.1" in case.query:
            continue  # The reference is of another facade.
        answer = facade.search(case.query, Prefer="handling=lenient" if case.lenient else "handling=strict")
        if answer.status == 422:
            # What would have to be encoded is not sent, nor is a modality: nothing may be left that selects. Days always are.
            refused += 1
            report.same(f"{case.query}: refused as too costly", [issue["code"] for issue in answer.issues], ["too-costly"])
            report.check(f"{case.query}: it has no day", "started=2" not in case.query and "started=le" not in case.query)
            continue
        found += 1
        wanted = [key for key in case.expected if key != "us"] if case.query in NORA else case.expected
        report.same(f"{case.query}: studies", (answer.status, sorted(answer.keys)), (200, wanted))
        if case.query in NORA:
            report.check(f"{case.query}: who is left out is told", bool(answer.told("incomplete", "issuer-unknown")), answer.issues)
    print(f"   {found} searches answered, {refused} refused")
    report.check("most of them are answered", found > 200, found)
