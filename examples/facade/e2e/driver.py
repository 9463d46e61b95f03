"""Drives a facade over a real archive. Started by run.sh, in a network of its own: `driver.py FOLDER [SECTION...]`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import make_dicom
import searching
import services
import storing
from proxy import Proxy
from report import Report


def main(folder: Path, wanted: list[str]) -> int:
    report, began = Report(), time.monotonic()
    running: list[services.Service] = []
    try:
        with report.section("the archive is filled"):
            running.append(services.orthanc(folder))
            storing.store(report, make_dicom.write(folder / "files"))
        proxy = Proxy(services.PROXY, services.ORTHANC)
        default = services.facade(folder, services.FACADE)
        enumerating = services.facade(folder, services.ENUMERATING, "--enumerate")
        running += [default, enumerating]
        sections = [
            ("every search parameter", lambda: searching.all_parameters(report, proxy, enumerating)),
            ("searches that are refused", lambda: searching.refused(report, proxy)),
        ]
        for name, run in sections:
            if not wanted or any(word in name for word in wanted):
                with report.section(name):
                    run()
    finally:
        for service in running:
            service.stop()
    print(f"\n{time.monotonic() - began:.0f} s")
    return report.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
