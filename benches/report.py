#!/usr/bin/env python3
"""The one command: measures everything and writes REPORT.md and its pictures.

    report.py               some ten minutes on two idle cores
    report.py --from FILE   writes them from the lines of an earlier run, which stand in target/report.jsonl

Prose between the two marks of "Explained" in REPORT.md is ours: it is carried over as it stands.
"""
import json
import math
import os
import pathlib
import platform
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
REPORT, PICTURES = HERE / "REPORT.md", HERE / "pictures"
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
BEGIN, END = "<!-- explained: by hand -->", "<!-- end of explained -->"
COLOURS = ["#1b6ca8", "#c8553d", "#3c7d4f", "#7a5195", "#b58900", "#555555"]


def output(*command):
    print("+", *command, file=sys.stderr)
    # A bound that is exceeded is a figure of the report, not a reason for having none.
    return subprocess.run([str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout


def measure():
    commands = [
        ("cargo", "bench", "--locked", "--bench", "goals", "--", "--json"),
        ("cargo", "bench", "--locked", "--bench", "goals", "--", "--json", "--sizes"),
        # The profile of the benches: nothing is built twice.
        ("cargo", "test", "--locked", "--profile", "bench", "--test", "alloc", "--", "--json"),
        (sys.executable, HERE / "counts" / "check.py", "--install", "--json", "--whole"),
        (sys.executable, HERE / "compare" / "run.py"),
    ]
    lines = [{"machine": machine()}]
    for command in commands:
        found = [json.loads(line) for line in output(*command).splitlines() if line.startswith("{")]
        if not found:
            sys.exit(f"nothing came of {command}")
        lines += found
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "report.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return lines


def machine():
    try:
        model = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    except (OSError, StopIteration):
        model = platform.machine()
    commit = output("git", "describe", "--always", "--dirty").strip()
    return f"commit {commit}, {os.cpu_count()} cores of {model}, {output('rustc', '--version').strip()}"


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows])


def verdict(*goals):
    """Of (measured, goal, whether the goal is a least)."""
    short = [(goal / measured if least else measured / goal) for measured, goal, least in goals]
    return "met" if max(short) <= 1 else f"{number(max(short))} × off"


def mapping(lines):
    for line in (line for line in lines if "goal_faster" in line and not line["input"].startswith("size/")):
        faster = line["value_ns"] / line["ours_ns"]
        yield (
            line["input"], f"{number(line['ratio'])} (≤ {number(line['goal'])})", f"{number(faster)} (≥ {number(line['goal_faster'])})",
            f"{number(line['ours_ns'] / line['rows'])} ns", verdict((line["ratio"], line["goal"], False), (faster, line["goal_faster"], True)),
        )


def searching(lines):
    for line in (line for line in lines if "search" in line):
        plan, judge = line["plan_ns"] / 1e3, line["judge_ns"] / 1e6
        yield f"`{line['search']}`", f"{number(plan)} µs (≤ 3)", f"{number(judge)} ms (≤ 2)", verdict((plan, 3, False), (judge, 2, False))


def bounded(lines):
    for line in lines:
        if "bound" in line:
            yield line["bound"], number(line["measured"]), f"≤ {number(line['goal'])}", verdict((line["measured"], line["goal"], False))
        if "growth" in line:
            what = f"instructions of `{line['growth']}`, times those of `{line['from']}`"
            yield what, number(line["times"]), f"≤ {number(line['most'])}", verdict((line["times"], line["most"], False))


def compared(lines):
    lines = [line for line in lines if "program" in line]
    inputs = list(dict.fromkeys(line["input"] for line in lines if "input" in line))
    rows, reasons = [], []
    for program in dict.fromkeys(line["program"] for line in lines):
        found = {line.get("input"): line for line in lines if line["program"] == program}
        cells = []
        for name in inputs:
            line = found.get(name) or found.get(None) or {"failed": "not run"}
            if "failed" in line:
                reason = f"{program}, {name if name in found else 'all inputs'}: {line['failed']}"
                if reason not in reasons:
                    reasons.append(reason)
                cells.append("-")
            elif "times_slower" in line:
                cells.append(f"{number(line['times_slower'])} ({number(line['median_ns'] / 1e6)} ms)")
            else:
                cells.append(f"1 ({number(line['median_ns'] / 1e6)} ms)")
        rows.append((program, *cells))
    return table(["program", *inputs], rows) + "".join(f"\n\nNo figure: {reason}." for reason in reasons)


def sizes(lines):
    found = {}
    for line in lines:
        if line.get("input", "").startswith("size/"):
            _, name, rows = line["input"].split("/")
            found.setdefault(name.replace("-", " "), []).append((int(rows), line["ratio"]))
    return found


def heap(lines):
    found = {}
    for line in lines:
        # In chunks it is nearly the same line.
        if line.get("heap") in ("instance-rows", "study-rows") and line["job"] != "chunks-64k":
            what = {"bundle": "to FHIR", "value-parse": "Value parse alone"}[line["job"]]
            found.setdefault(f"{line['heap'].replace('-', ' ')}, {what}", []).append((line["rows"], line["peak"]))
    return found


def ticks(low, high):
    return [10**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


def short(value):
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:g}{letter}"
    return f"{value:g}"


def picture(title, x_title, y_title, series, logarithmic, lines=()):
    """An SVG of lines; x is logarithmic. Points carry their values as tooltips."""
    width, height, left, right, top, bottom = 760, 420, 70, 240, 40, 50
    points = [point for values in series.values() for point in values]
    x_ticks = ticks(min(x for x, _ in points), max(x for x, _ in points))
    largest = max([y for _, y in points] + [y for _, y in lines])
    if logarithmic:
        y_ticks = ticks(max(1, min(y for _, y in points)), largest)
        up = lambda y: (math.log10(max(y, y_ticks[0])) - math.log10(y_ticks[0])) / math.log10(y_ticks[-1] / y_ticks[0])
    else:
        step = next(step for step in (m * 10**p for p in range(-2, 6) for m in (1, 2, 5)) if largest / step <= 7)
        y_ticks = [round(step * n, 3) for n in range(math.ceil(largest / step) + 1)]
        up = lambda y: y / y_ticks[-1]
    across = lambda x: left + (width - left - right) * math.log10(x / x_ticks[0]) / math.log10(x_ticks[-1] / x_ticks[0])
    down = lambda y: height - bottom - (height - top - bottom) * up(y)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{left}" y="22" font-size="15">{title}</text>',
        f'<text x="{(left + width - right) / 2:.0f}" y="{height - 10}" text-anchor="middle">{x_title}</text>',
        f'<text transform="translate(16 {(top + height - bottom) / 2:.0f}) rotate(-90)" text-anchor="middle">{y_title}</text>',
    ]
    for tick in x_ticks:
        x = across(tick)
        out.append(f'<path d="M{x:.1f} {top}V{height - bottom}" stroke="#ddd"/><text x="{x:.1f}" y="{height - bottom + 18}" text-anchor="middle">{tick:,}</text>')
    for tick in y_ticks:
        y = down(tick)
        out.append(f'<path d="M{left} {y:.1f}H{width - right}" stroke="#ddd"/><text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{short(tick)}</text>')
    for name, value in lines:
        y = down(value)
        out.append(f'<path d="M{left} {y:.1f}H{width - right}" stroke="#333" stroke-dasharray="5 4"/><text x="{width - right + 8}" y="{y + 4:.1f}">{name}</text>')
    for n, (name, values) in enumerate(series.items()):
        colour = COLOURS[n % len(COLOURS)]
        at = " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in values)
        out.append(f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3.5" fill="{colour}"><title>{name}, {x:,}: {y:,}</title></circle>' for x, y in values]
        y = top + 8 + 18 * n
        out.append(f'<path d="M{width - right + 8} {y}h18" stroke="{colour}" stroke-width="2"/><text x="{width - right + 31}" y="{y + 4}">{name}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def explained():
    if REPORT.exists() and BEGIN in (before := REPORT.read_text()):
        return before.split(BEGIN, 1)[1].split(END, 1)[0]
    return "\n\n"


def main():
    if sys.argv[1:2] == ["--from"]:
        lines = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        lines = measure()
    PICTURES.mkdir(exist_ok=True)
    ratios = picture("DICOM JSON to FHIR: time beside the scan of the same bytes", "rows", "time ÷ IgnoredAny", sizes(lines), False, [("IgnoredAny", 1)])
    (PICTURES / "ratio.svg").write_text(ratios)
    memory = picture("Peak heap besides input and output", "rows", "bytes", heap(lines), True)
    (PICTURES / "memory.svg").write_text(memory)
    mapped, searched, bounds = list(mapping(lines)), list(searching(lines)), list(bounded(lines))
    rows = mapped + searched + bounds
    met = sum(row[-1] == "met" for row in rows)
    counts = [(f"`{line['count']}`", number(line["ratio"]), f"{line['instructions']:,}") for line in lines if "count" in line]
    allocations = [
        (f"{line['heap']}, {line['rows']:,}", line["job"], f"{line['allocations']:,}", f"{line['peak']:,}", number(line["peak"] / line["rows"]))
        for line in lines if "heap" in line
    ]
    REPORT.write_text(f"""# Performance: what is reached

Written by `python3 benches/report.py`; do not edit but between the marks of "Explained". {next(line["machine"] for line in lines if "machine" in line)}.

Text in, text out, the loss report on. `IgnoredAny` is serde_json's scan of the same bytes, `Value` its parse into a tree; times are medians of
jobs that ran in turn. Machines differ, ratios hardly.

## Goals

{met} of {len(rows)} met.

{table(["input", "time ÷ `IgnoredAny` (goal)", "times faster than `Value` (goal)", "a row", "verdict"], mapped)}

{table(["search", "parse and plan (goal)", "judging 10,000 studies (goal)", "verdict"], searched)}

{table(["heap and growth", "measured", "goal", "verdict"], bounds)}

## Explained

{BEGIN}{explained()}{END}

## Beside what users pick today

Times slower than this crate (and the time). The three mappings by hand give the same Bundle as this crate for these inputs, which is checked, and
report no loss. dicom2fhir makes more resources, dicomjson-to-fhir makes a study of each row.

{compared(lines)}

## By size

![time beside the scan, by size](pictures/ratio.svg)

![peak heap, by size](pictures/memory.svg)

## Instructions

They repeat exactly, so `.ci/run bench` compares them with `counts/figures.json`.

{table(["input", "instructions ÷ the scan's", "instructions"], counts)}

## Heap

Peaks are besides input and output.

{table(["input, rows", "job", "allocations", "peak, bytes", "bytes a row"], allocations)}
""")
    print(f"{met} of {len(rows)} goals met; written: {REPORT.relative_to(ROOT)}")


main()
