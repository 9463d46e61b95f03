"""Every search parameter of ImagingStudy with its modifiers, in R4 (by GET) and R5 (by POST), against what was derived by hand."""

from __future__ import annotations

import json

import cases_by_release
from cases import Case
from client import Answer, Facade
from proxy import Proxy
from report import Report, table
from services import ENUMERATING, FACADE, Service

UNTOLD = "does not tell what decides"


def ask(facade: Facade, case: Case) -> Answer:
    prefer = {"Prefer": "handling=lenient" if case.lenient else "handling=strict"}
    # Both ways to search mean the same.
    return facade.post(case.query, **prefer) if facade.release == "R5" else facade.search(case.query, **prefer)


def judge(report: Report, case: Case, answer: Answer, release: str) -> bool:
    name = f"{release} {case.query}"
    if not report.check(f"{name}: answered", answer.status == 200, (answer.status, answer.issues)):
        return False
    holds = report.same(f"{name}: studies", sorted(answer.keys), case.expected)
    # Of what is left out because nothing decides it nobody knows how many match.
    is_known = "are left out because" not in json.dumps(answer.json)
    holds &= report.same(f"{name}: total", answer.total, len(case.expected) if is_known else None)
    told = [issue.get("diagnostics") for issue in answer.told("incomplete", UNTOLD)]
    return holds & report.same(f"{name}: how many are left out", told, [f"{case.untold} studies"] if case.untold else [])


def all_parameters(report: Report, proxy: Proxy, service: Service) -> None:
    costs: dict[str, int] = {}
    for release in ["R4", "R5"]:
        facade = Facade(ENUMERATING, release)
        rows = []
        for case in cases_by_release.of(release):
            before = proxy.count
            answer = ask(facade, case)
            cost = proxy.count - before
            costs[answer.request] = cost
            holds = judge(report, case, answer, release)
            if case.requests is not None:
                holds &= report.same(f"{release} {case.query}: requests", cost, case.requests)
            query = case.query if len(case.query) <= 90 else case.query[:87] + "..."
            found = f"{len(answer.keys)}" + (f" (+{case.untold} untold)" if case.untold else "")
            rows.append((case.parameter, query, len(case.expected), found, cost, "" if holds else "FAILED"))
        print(f"   {release}, {'POST' if release == 'R5' else 'GET'}:")
        table(("parameter", "query", "expected", "returned", "requests", ""), rows)
    logged = asked(service)
    report.same("the log tells as many requests as the archive got", {key: logged.get(key) for key in costs}, costs)


def asked(service: Service) -> dict[str, int]:
    """Requests to the archive, by request id, as the log tells."""
    found = {}
    for line in service.log.read_text(errors="replace").splitlines():
        fields = dict(part.split("=", 1) for part in line.split() if "=" in part)
        if "asked" in fields:
            found[fields["request"].strip('"')] = int(fields["asked"])
    return found


def refused(report: Report, proxy: Proxy) -> None:
    """What is no search of the release, or would read the whole archive."""
    default = Facade(FACADE)
    # Nothing selects: the archive is not asked.
    for query in [
        "",
        "modality=MG",
        "status=available",
        "started=ge2020-01-01",
        "patient.gender=male",
        "patient.identifier=*",
        "started:missing=true",
    ]:
        before = proxy.count
        answer = default.search(query)
        report.same(f"{query!r} is too costly", (answer.status, [issue["code"] for issue in answer.issues]), (422, ["too-costly"]))
        report.same(f"{query!r} asks nothing", proxy.count, before)
    four = lambda query, handling: Facade(ENUMERATING, "R4").search(query, Prefer=f"handling={handling}")  # noqa: E731
    five = lambda query, handling: Facade(ENUMERATING, "R5").search(query, Prefer=f"handling={handling}")  # noqa: E731
    for ask_, release, query in [
        (four, "R4", "body-site=1&started=2024"),
        (four, "R4", "based-on:identifier=1&started=2024"),
        (four, "R4", "colour=red&started=2024"),
        (four, "R4", "body-structure=BodyStructure/1&started=2024"),
        (four, "R4", "patient.foo=1"),
        (four, "R4", "_lastUpdated=gt2024"),
        (four, "R4", "_text=chest&started=2024"),
        (four, "R4", "_has:Observation:subject:code=1"),
        (four, "R4", "_sort=modality&started=2024"),
        (four, "R4", "_elements=colour&started=2024"),
        (four, "R4", "_revinclude=Provenance:target&started=2024"),
        (five, "R5", "bodysite=1&started=2024"),
        (five, "R5", "basedon:identifier=1&started=2024"),
        (five, "R5", "interpreter.name=kos&started=2024"),
    ]:
        answer = ask_(query, "strict")
        report.same(f"{release} {query}: refused strictly", (answer.status, answer.issues[0]["code"]), (400, "not-supported"))
    # Never dropped, never guessed: modifiers, values, and whatever says whose images they are.
    for query in [
        "modality:foo=CT",
        "started:exact=2024",
        "patient:foo=1",
        "patientx=1",
        "identifierx=1",
        "subject.foo=1",
        "_idx=1",
        "patient.name:foo=x",
        "started=yesterday",
        "started=2024-13",
        "started=2024-01-14T25:00Z",
        "started=2024-02-30",
        "series=a|b",
        "instance=a|b",
        "modality=CT%5Cx",
        "modality:missing=maybe",
        "identifier:of-type=a|b",
        "_count=many",
        "_count=-1",
        "_total=some",
        "_summary=some",
        "patient.name=%FF",
    ]:
        for handling in ["strict", "lenient"]:
            answer = four(query + "&started=2024", handling)
            report.same(f"{query}: refused, {handling}", answer.status, 400)
            report.check(f"{query}: says why", answer.json.get("resourceType") == "OperationOutcome", answer.text)
    # What is dropped is told, and is not in the link of what was done.
    for query in [
        "colour=red",
        "_lastUpdated=gt2024-01-01",
        "_text=chest",
        "_has:Observation:subject:code=1",
        "_revinclude=Provenance:target",
        "_sort=modality",
    ]:
        answer = four(query + "&started=2024-01-14", "lenient")
        report.same(f"{query}: answered without it", (answer.status, sorted(answer.keys)), (200, ["ct_sr", "mg"]))
        report.check(f"{query}: told", bool(answer.told("not-supported")), answer.issues)
        report.check(f"{query}: not in the self link", query.split("=")[0] not in (answer.link("self") or ""), answer.link("self"))
