"""A plain HTTP client of a facade, which keeps every FHIR answer for the validator."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
from dataclasses import dataclass
from urllib.parse import quote

import requests

import archive

# What may stand in a query as it is; all else is encoded, what is encoded already stays.
AS_IS = "".join(chr(n) for n in range(33, 127)).replace("|", "").replace("#", "")
VERSIONS = {"R4": "4.0", "R4B": "4.3", "R5": "5.0", "R6": "6.0"}
KEYS: dict[str, str] = {}
for _study in archive.ALL:
    # The twins share a UID: they are told apart by their patients.
    KEYS.setdefault(_study.uid, _study.key)


class Collected:
    """Every FHIR answer, once, by release."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: dict[str, dict[str, None]] = {}

    def add(self, release: str, text: str) -> None:
        with self._lock:
            self._texts.setdefault(release, {})[text] = None

    def of(self, release: str) -> list[str]:
        return list(self._texts.get(release, {}))


COLLECTED = Collected()
_numbers = itertools.count()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    request: str = ""

    def __post_init__(self) -> None:
        self.json = json.loads(self.text) if "json" in self.headers.get("content-type", "") and self.text else {}

    @property
    def entries(self) -> list[dict]:
        return self.json.get("entry", [])

    def resources(self, type_: str) -> list[dict]:
        return [entry["resource"] for entry in self.entries if entry["resource"]["resourceType"] == type_]

    @property
    def studies(self) -> list[dict]:
        return self.resources("ImagingStudy")

    @property
    def keys(self) -> list[str]:
        """The studies of a Bundle by their names in `archive.py`, in its order."""
        return [key_of(study) for study in self.studies]

    @property
    def total(self) -> int | None:
        return self.json.get("total")

    def link(self, relation: str) -> str | None:
        return next((link["url"] for link in self.json.get("link", []) if link["relation"] == relation), None)

    @property
    def issues(self) -> list[dict]:
        if self.json.get("resourceType") == "OperationOutcome":
            return self.json["issue"]
        return [issue for outcome in self.resources("OperationOutcome") for issue in outcome["issue"]]

    def told(self, code: str, words: str = "") -> list[dict]:
        return [issue for issue in self.issues if issue["code"] == code and words in json.dumps(issue)]


def uid_of(study: dict) -> str:
    """A part of a resource may be without identifiers; its id is the UID then."""
    return study["identifier"][0]["value"].removeprefix("urn:oid:") if "identifier" in study else study["id"]


def key_of(study: dict) -> str:
    key = KEYS[uid_of(study)]
    if key == "torn_1" and study["subject"]["identifier"]["value"] == archive.TORN_TWO.id:
        return "torn_2"
    return key


def encoded(query: str) -> str:
    return quote(query, safe=AS_IS)


class Facade:
    """One client: not to be shared by threads."""

    def __init__(self, port: int, release: str = "R4") -> None:
        self.port, self.release = port, release
        self.base = f"http://127.0.0.1:{port}"
        self.session = requests.Session()
        self.session.trust_env = False

    def request(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Answer:
        fields = {"Accept": f"application/fhir+json; fhirVersion={VERSIONS[self.release]}", "X-Request-Id": f"e2e-{next(_numbers)}"}
        fields |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else f"{self.base}/{path}"
        response = self.session.request(method, url, data=body, headers=fields, timeout=120, allow_redirects=False)
        answer = Answer(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content.decode("utf-8", errors="replace"),
            fields["X-Request-Id"],
        )
        if answer.json.get("resourceType"):
            said = answer.headers["content-type"].rpartition("fhirVersion=")[2]
            COLLECTED.add(next((name for name, version in VERSIONS.items() if version == said), self.release), answer.text)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def search(self, query: str, **headers: str) -> Answer:
        return self.get(f"ImagingStudy?{encoded(query)}", **headers)

    def post(self, query: str, **headers: str) -> Answer:
        return self.request("POST", "ImagingStudy/_search", encoded(query), Content_Type="application/x-www-form-urlencoded", **headers)


def raw(port: int, target: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    """A request whose target is sent as it is: libraries mend what is to be tested."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    # Python refuses control characters and spaces in targets; a hostile client does not.
    connection._validate_path = lambda _: None  # type: ignore[method-assign]
    connection._encode_request = lambda text: text.encode("utf-8")  # type: ignore[method-assign]
    try:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode("utf-8", errors="replace")
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, text)
    finally:
        connection.close()
