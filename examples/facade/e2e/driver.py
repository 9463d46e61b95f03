"""Drives a facade over a real archive: `driver.py FOLDER [WORD...]`, the sections whose names hold one of the words.

Started by run.sh, in a network of its own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import aftermath
import capability
import content
import failures
import following
import hostile
import load
import make_dicom
import paging
import preset
import results
import searching
import seed_calls
import services
import storing
import unknown
from proxy import Proxy
from report import Report


def main(folder: Path, words: list[str]) -> int:
    report, began = Report(), time.monotonic()
    running: list[services.Service] = []
    try:
        with report.section("the archive is filled"):
            running.append(services.orthanc(folder))
            storing.store(report, make_dicom.write(folder / "files"))
        proxy = Proxy(services.PROXY, services.ORTHANC)
        facades = [
            services.facade(folder, services.FACADE),
            services.facade(folder, services.ENUMERATING, "--enumerate"),
            services.facade(folder, services.FRAGILE, "--timeout", str(services.PATIENCE), "--max-body", "1"),
            services.facade(folder, services.UNKNOWN, "--concurrent", "1", server="unknown"),
        ]
        running += facades
        enumerating = facades[1]

        def gone() -> None:
            proxy.stop()
            failures.gone(report)

        for name, run in [
            ("the archive is what its preset says", lambda: preset.check(report)),
            ("the calls of the seed", lambda: seed_calls.calls(report)),
            ("what the service says of itself", lambda: capability.check(report)),
            ("every search parameter", lambda: searching.all_parameters(report, proxy, enumerating)),
            ("the same of an unknown archive", lambda: unknown.check(report)),
            ("searches that are refused", lambda: searching.refused(report, proxy)),
            ("what studies look like", lambda: content.check(report)),
            ("how answers are wanted", lambda: results.check(report, proxy)),
            ("paging by hand", lambda: paging.by_hand(report)),
            ("paging: cursors", lambda: paging.cursors(report)),
            ("paging by FHIR clients", lambda: paging.by_clients(report)),
            ("following Endpoints", lambda: following.check(report)),
            ("twenty clients at once", lambda: load.check(report)),
            ("clients that go away", lambda: load.gone(report, proxy)),
            ("wrong and hostile requests", lambda: hostile.check(report, proxy)),
            ("an archive that fails", lambda: failures.check(report, proxy)),
            ("the logs", lambda: aftermath.logs(report, facades)),
            ("an end in good order", lambda: aftermath.end(report, proxy, enumerating)),
            ("no archive at all", gone),
            ("every link is a URI", lambda: aftermath.links(report, not words)),
            ("every answer is FHIR", lambda: aftermath.validate(report, folder, not words)),
        ]:
            if not words or any(word in name for word in words):
                with report.section(name):
                    run()
    finally:
        for service in running:
            service.stop()
    print(f"\n{time.monotonic() - began:.0f} s")
    return report.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
