"""The programs of this test: an archive with an empty store, and facades over it."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import archive

ORTHANC, PROXY, FACADE, ENUMERATING, FRAGILE, UNKNOWN = 8042, 8043, 8080, 8081, 8082, 8083
DICOMWEB = f"http://127.0.0.1:{ORTHANC}/dicom-web"
# Seconds that the fragile facade waits for the archive.
PATIENCE = 3


class Service:
    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name, self.log = name, log
        self._file = log.open("wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self._file, stderr=subprocess.STDOUT)

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def wait_for(self, url: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.runs:
            try:
                with urllib.request.urlopen(url, timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{self.name} did not start; its log:\n{self.log.read_text(errors='replace')[-3000:]}")

    def stop(self) -> int:
        """As an operator does; its exit status."""
        self.process.terminate()
        try:
            status = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self._file.close()
        return status


def orthanc(folder: Path) -> Service:
    store = folder / "store"
    store.mkdir()
    configuration = folder / "orthanc.json"
    # The developer's configuration (README.md), with an empty store of its own.
    own = json.loads((Path(__file__).parent.parent / "orthanc.json").read_text())
    configuration.write_text(json.dumps(own | {"StorageDirectory": str(store), "IndexDirectory": str(store), "HttpPort": ORTHANC}))
    service = Service("Orthanc", ["Orthanc", str(configuration)], folder / "orthanc.log")
    service.wait_for(f"http://127.0.0.1:{ORTHANC}/system")
    return service


def facade(folder: Path, port: int, *more: str, server: str = "orthanc-1.10-debian") -> Service:
    patients = folder / "patients.ndjson"
    patients.write_text("".join(json.dumps(one.json()) + "\n" for one in archive.RESOLVED))
    namespaces = [part for name, uri in archive.SYSTEMS.items() for part in ("--namespace", f"{name}={uri}")]
    command = [
        os.environ["FACADE"],
        "--dicomweb",
        f"http://127.0.0.1:{PROXY}/dicom-web",
        "--server",
        server,
        "--listen",
        f"127.0.0.1:{port}",
        "--patients",
        str(patients),
        *namespaces,
        *more,
    ]
    service = Service(f"facade {port}", command, folder / f"facade-{port}.log")
    service.wait_for(f"http://127.0.0.1:{port}/metadata")
    return service
