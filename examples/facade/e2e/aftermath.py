"""What is left when all was asked: answers that are valid FHIR, logs that tell nothing of patients, an end in good order."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import archive
import proxy as faults
from client import COLLECTED, Facade
from proxy import Proxy
from report import Report
from services import ENUMERATING, Service


def validate(report: Report, folder: Path, is_whole: bool) -> None:
    tool = Path(os.environ["ROOT"]).parent / "shared" / "tools" / "validate-fhir.py"
    if not tool.exists():
        print("   NOT VALIDATED: there is no ../shared/tools/validate-fhir.py here")
        return
    running = []
    for release in ["R4", "R4B", "R5", "R6"]:
        texts = COLLECTED.of(release)
        file = folder / f"answers-{release}.ndjson"
        # The tool's R5 has CapabilityStatement as of 4.6.0, which does not know the number of its own release.
        known = [text.replace('"fhirVersion":"5.0.0"', '"fhirVersion":"4.6.0"').replace("\n", " ") for text in texts]
        file.write_text("".join(text + "\n" for text in known))
        command = [sys.executable, str(tool), release.lower(), str(file)]
        running.append((release, len(texts), subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)))
    for release, count, process in running:
        output, _ = process.communicate(timeout=120)
        last = output.strip().splitlines()[-1] if output.strip() else ""
        print(f"   {last}")
        report.check(f"{count} answers are valid {release}", process.returncode == 0, output[:1500])
        report.check(f"there are answers of {release}", count > 0 or not is_whole)


def links(report: Report, is_whole: bool) -> None:
    """What clients are given to follow is a URI: some make one of it, and refuse it else."""
    legal = re.compile(r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-F]{2})+")
    for release in ["R4", "R5"]:
        bundles = [json.loads(text) for text in COLLECTED.of(release) if text.startswith('{"resourceType":"Bundle"')]
        urls = {link["url"] for bundle in bundles for link in bundle.get("link", [])}
        urls |= {entry["fullUrl"] for bundle in bundles for entry in bundle.get("entry", []) if "fullUrl" in entry}
        report.check(f"{release}: there are links", len(urls) > 100 or not is_whole, len(urls))
        report.same(f"{release}: links that are no URIs", sorted(url for url in urls if not legal.fullmatch(url))[:3], [])


def logs(report: Report, services: list[Service]) -> None:
    secrets = archive.secrets()
    report.check("there are secrets to look for", len(secrets) > 500, len(secrets))
    # A text that stands in what the facade says by itself would be no sign: names and numbers of the data are none of these.
    for service in services:
        text = service.log.read_text(errors="replace")
        lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]
        # Times and counts are the log's own.
        own = re.compile(r"^\S+Z\s|\b(?:asked|losses|ms|status)=\d+|request=\S+|listen=\S+")
        told = "\n".join(own.sub("", line) for line in lines)
        found = sorted(secret for secret in secrets if secret in told)
        report.same(f"{service.name}: nothing of patients in {len(lines)} lines of log", found, [])
        report.check(
            f"{service.name}: what a client calls its request is a name at most",
            all(re.search(r'request="?[A-Za-z0-9-]{1,64}"?( |$)', line) for line in lines if "request=" in line),
        )
        report.check(f"{service.name}: no panic", "panicked" not in text, text[text.find("panicked") - 300 :][:800])
        report.check(f"{service.name}: it tells what it does", any("ready" in line for line in lines))
        report.check(f"{service.name}: it runs", service.runs)


def end(report: Report, proxy: Proxy, service: Service) -> None:
    """Told to stop, it finishes what has begun."""
    answers: list[object] = []

    def late() -> None:
        try:
            answers.append(Facade(ENUMERATING).search("identifier=ACC-0001").keys)
        except Exception as error:  # noqa: BLE001
            answers.append(error)

    with proxy.fault(faults.slow_to_begin(1.5), "/studies?"):
        thread = threading.Thread(target=late)
        thread.start()
        time.sleep(0.5)
        status = service.stop()
        thread.join()
    report.same("a conversation that has begun is finished", answers, [["ct_sr"]])
    report.same("it ends in good order", status, 0)
