"""What was checked, and what came of it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager


class Report:
    """Counts checks. What fails is printed at once; what holds is counted."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0
        self.failures: list[str] = []
        self._lock = threading.Lock()
        self._section = ""

    def check(self, what: str, holds: bool, detail: object = "") -> bool:
        with self._lock:
            if holds:
                self.passed += 1
                return True
            self.failed += 1
            text = f"FAILED {self._section}: {what}" + (f"\n       {str(detail)[:1500]}" if detail != "" else "")
            self.failures.append(text)
            print(text, flush=True)
            return False

    def same(self, what: str, found: object, wanted: object) -> bool:
        return self.check(what, found == wanted, f"wanted {wanted!r}\n       found  {found!r}")

    @contextmanager
    def section(self, name: str):
        """A part of the test. A part that breaks has failed; the others are done all the same."""
        self._section = name
        before, began = (self.passed, self.failed), time.monotonic()
        print(f"== {name}", flush=True)
        try:
            yield
        except Exception as error:  # noqa: BLE001
            import traceback

            self.check("it comes to its end", False, "".join(traceback.format_exception(error))[-1500:])
        passed, failed = self.passed - before[0], self.failed - before[1]
        print(f"   {passed} passed, {failed} failed, {time.monotonic() - began:.1f} s", flush=True)

    def close(self) -> int:
        if self.failures:
            print("\nWhat failed:")
            for failure in self.failures:
                print(failure)
        print(f"\n{self.passed} checks passed, {self.failed} failed")
        return 1 if self.failed or not self.passed else 0


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    texts = [tuple(str(cell) for cell in row) for row in [head, *rows]]
    widths = [max(len(row[n]) for row in texts) for n in range(len(head))]
    for row in texts:
        print("   " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
