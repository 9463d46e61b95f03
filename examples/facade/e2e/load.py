"""Many clients: twenty at once, each with questions of its own, and some that go away."""

from __future__ import annotations

import socket
import threading
import time

import archive
import cases_by_release
import proxy as faults
from client import Facade, raw, uid_of
from paging import WANTED, pages
from proxy import Proxy
from report import Report
from services import ENUMERATING, FACADE

CLIENTS = 20


def check(report: Report) -> None:
    # The 300 instances are read often enough elsewhere.
    chosen = [
        case
        for case in cases_by_release.of("R4")
        if not case.untold and not case.lenient and "head" not in case.finds and "8081" not in case.query
    ]
    answered = [0] * CLIENTS
    errors: list[str] = []

    def client(number: int) -> None:
        try:
            facade = Facade(ENUMERATING, "R4")
            for case in chosen[number::CLIENTS]:
                ask = facade.search if number % 2 else facade.post
                answer = ask(case.query, Prefer="handling=strict")
                report.same(f"client {number}: {case.query}", (answer.status, sorted(answer.keys)), (200, case.expected))
                answered[number] += 1
            own = archive.MANY_STUDIES[number * 12 : number * 12 + 12]
            found = Facade(FACADE).search(f"_id={','.join(study.uid for study in own)}")
            report.same(
                f"client {number}: its own dozen", sorted(uid_of(study) for study in found.studies), sorted(study.uid for study in own)
            )
            if number % 5 == 0:
                facade = Facade(FACADE)
                found = pages(facade, facade.search("patient=Patient/many&_count=50&_elements=identifier"))
                report.check(f"client {number}: page by page", sorted(uid_of(study) for page in found for study in page.studies) == WANTED)
        except Exception as error:  # noqa: BLE001
            errors.append(f"client {number}: {error!r}")

    began = time.monotonic()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report.same("no client broke", errors, [])
    took = time.monotonic() - began
    print(f"   {CLIENTS} clients, {sum(answered)} searches in {took:.1f} s")


def gone(report: Report, proxy: Proxy) -> None:
    """A client that goes away in the middle is served no longer, and harms nobody."""
    question = b"GET /ImagingStudy?patient=Patient/many HTTP/1.1\r\nHost: x\r\n\r\n"
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", FACADE)) as connection:
            connection.sendall(question)
    answer = raw(FACADE, "/ImagingStudy?identifier=ACC-0001", headers={"Accept": "application/fhir+json"})
    report.same("the next client is served", (answer.status, answer.keys), (200, ["ct_sr"]))
    # Some 40 requests, 8 at once, half a second each: the archive is spared most of them.
    time.sleep(1)
    before = proxy.count
    with proxy.fault(faults.slow_to_begin(0.5)):
        with socket.create_connection(("127.0.0.1", FACADE)) as connection:
            connection.sendall(question)
            time.sleep(0.8)
        time.sleep(2.5)
    report.check("the archive is not asked on for nobody", 1 <= proxy.count - before <= 18, proxy.count - before)
