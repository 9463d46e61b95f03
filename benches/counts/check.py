#!/usr/bin/env python3
"""Counts instructions and compares their ratios to the scan of the same bytes with figures.json.

    check.py            fails if a ratio rose by more than 3 %, or if work grows faster than input
    check.py --accept   writes figures.json anew
    check.py --whole    the growth up to 50,000 instances too (a minute more)
    check.py --json     a line of JSON for each ratio

It needs valgrind and gungraun-runner of the version that Cargo.toml names; `check.py --install` gets both by name.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FIGURES = HERE / "figures.json"
ALLOWED = 1.03
# Ten times the input may take this many times the instructions.
GROWTH = 10.3
PAIRS = [("study_rows_1000", "study_rows_10000"), ("instance_rows_1000", "instance_rows_10000")]
WHOLE = [("instance_rows_5000", "instance_rows_50000")]


def version():
    return re.search(r'^gungraun = "=([\d.]+)"', (HERE / "Cargo.toml").read_text(), re.M).group(1)


def install():
    if not shutil.which("valgrind"):
        subprocess.run("apt-get update -qq || true; apt-get install -y -qq valgrind >/dev/null", shell=True, check=True)
    found = subprocess.run(["gungraun-runner", "--version"], capture_output=True, text=True).stdout if shutil.which("gungraun-runner") else ""
    if version() not in found:
        # Unoptimised, no debug information: it only starts valgrind, and builds in less than half the time.
        subprocess.run(
            ["cargo", "install", "--quiet", "--debug", "--locked", "--force", "gungraun-runner", f"--version={version()}"],
            env={**os.environ, "CARGO_PROFILE_DEV_DEBUG": "0"}, check=True,
        )


def count(groups):
    """Instructions by (input, ours or floor)."""
    # A folder of its own: not the target of the main package, whose profile differs.
    target = os.path.join(os.environ.get("CARGO_TARGET_DIR") or HERE.parent.parent / "target", "counts")
    found = {}
    for group in groups:
        # No simulation of caches: instructions are all that is read.
        arguments = ["--callgrind-args=--cache-sim=no", "--output-format=json", f"--parallel={min(os.cpu_count() or 1, 4)}", f"*::{group}::*"]
        run = subprocess.run(
            ["cargo", "bench", "--quiet", "--locked", "--bench", "counts", "--", *arguments],
            cwd=HERE, env={**os.environ, "CARGO_TARGET_DIR": target}, stdout=subprocess.PIPE, text=True,
        )
        if run.returncode:
            sys.exit("the counts did not run")
        for line in run.stdout.splitlines():
            if line.startswith("{"):
                bench = json.loads(line)
                part = bench["profiles"][0]["data"]["parts"][0]
                found[bench["id"], bench["function_name"]] = part["metrics"]["Ir"]["values"]["new"]
    return found


def main():
    flags = set(sys.argv[1:])
    if unknown := flags - {"--accept", "--install", "--json", "--whole"}:
        sys.exit(f"unknown: {unknown}\n{__doc__}")
    if "--install" in flags:
        install()
    whole = "--whole" in flags
    found = count(["ratios", "growth"] + (["whole"] if whole else []))
    ratios = {name: round(found[name, "ours"] / floor, 4) for (name, job), floor in found.items() if job == "floor"}
    if "--accept" in flags:
        FIGURES.write_text(json.dumps(ratios, indent=2) + "\n")
    committed = json.loads(FIGURES.read_text())
    failures, stale = [], sorted(committed.keys() ^ ratios.keys())
    for name, ratio in ratios.items():
        before = committed.get(name, ratio)
        change = ratio / before
        if change > ALLOWED:
            failures.append(f"{name}: {ratio} times the scan, {before} committed: {change * 100 - 100:+.1f} %")
        if change < 1 / ALLOWED:
            stale.append(name)
        if "--json" in flags:
            print(json.dumps({"count": name, "ratio": ratio, "committed": before, "instructions": found[name, "ours"]}))
        else:
            print(f"{ratio:>9.3f} times the scan   {before:>9.3f} committed   {change * 100 - 100:>+6.1f} %   {name}")
    for small, large in PAIRS + (WHOLE if whole else []):
        times = found[large, "ours"] / found[small, "ours"]
        if "--json" in flags:
            print(json.dumps({"growth": large, "from": small, "times": round(times, 3), "most": GROWTH}))
        else:
            print(f"{times:>9.3f} times the instructions of {small} (at most {GROWTH})   {large}")
        if times > GROWTH:
            failures.append(f"{large}: {times:.2f} times the instructions of {small}, more than {GROWTH}")
    if stale:
        # Otherwise a later rise up to the old figure would go unseen.
        print(f"fewer instructions than committed, or other inputs: {', '.join(stale)}; commit what `python3 benches/counts/check.py --accept` writes", file=sys.stderr)
    if failures:
        sys.exit("\n".join(failures))


main()
