"""Stores the files by STOW-RS (PS3.18 10.5), as a modality would."""

from __future__ import annotations

from pathlib import Path

import requests

import archive
from report import Report
from services import DICOMWEB

BOUNDARY = "part-of-the-e2e-test"
AT_ONCE = 100


def store(report: Report, files: list[Path]) -> None:
    stored: list[str] = []
    for first in range(0, len(files), AT_ONCE):
        parts = [
            f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode() + file.read_bytes() + b"\r\n"
            for file in files[first : first + AT_ONCE]
        ]
        answer = requests.post(
            f"{DICOMWEB}/studies",
            data=b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(),
            headers={
                "Content-Type": f'multipart/related; type="application/dicom"; boundary={BOUNDARY}',
                "Accept": "application/dicom+json",
            },
            timeout=60,
        )
        if not report.same("STOW-RS", answer.status_code, 200):
            raise SystemExit(f"the archive does not take files: {answer.text[:500]}")
        stored += [item["00081155"]["Value"][0] for item in answer.json()["00081199"]["Value"]]
    wanted = sorted(uid for study in archive.ALL for uid in study.instance_uids)
    report.check("every instance is stored", sorted(stored) == wanted, f"{len(stored)} of {len(wanted)}")
