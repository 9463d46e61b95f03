#!/usr/bin/env python3
"""Do the tests notice? A seeded sample of the mutants of src/search, src/json and src/facade, each built and tested in stages, the quick ones first.

    python3 .ci/mutants.py [--seed 1] [--most 150] [--name TEXT] SCRATCH

SCRATCH is a folder outside of the project: a clone of HEAD, what is built, and mutants.jsonl, which is gone on with where it is there. Needs cargo-mutants
(for its list; it builds and tests every mutant with everything, which takes ten times as long). A mutant takes 15 seconds where it is killed at once, and four
minutes where it survives; what survives is to be looked at, with more cases and with what is skipped here.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = ["src/search/**", "src/json/**", "src/facade/**"]
# What is run, and the seconds after which a mutant has gone astray.
STAGES = [
    (["--test", "spec"], 60),
    (["--lib", "--test", "attack", "--test", "survivors", "--test", "replay"], 150),
    (["--test", "facade", "--", "--skip", "parameters::"], 200),
    (["--test", "planning", "--", "--skip", "mutations_are_caught", "--skip", "mutants_are_caught"], 150),
    (["--test", "laws", "--test", "limits"], 300),
]
FEW = {"LAWS_CASES": "30", "PLAN_CASES": "2000", "CONVERSATIONS": "100", "FACADE_CASES": "500"}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--most", type=int, default=150)
    arguments.add_argument("--name", default="", help="only mutants that have this in their name")
    arguments.add_argument("scratch", type=pathlib.Path)
    said = arguments.parse_args()
    said.scratch.mkdir(parents=True, exist_ok=True)
    tree, results = said.scratch / "tree", said.scratch / "mutants.jsonl"
    if not tree.exists():
        subprocess.run(["git", "clone", "--quiet", ROOT, tree], check=True)
    env = dict(os.environ, CARGO_TARGET_DIR=str(said.scratch / "target"), CARGO_PROFILE_DEV_DEBUG="0", CARGO_PROFILE_TEST_DEBUG="0", INSTA_UPDATE="no", **FEW)
    listed = subprocess.run(["cargo", "mutants", "--list", "--json", *(part for name in FILES for part in ("-f", name))], cwd=tree, check=True, capture_output=True)
    mutants = [mutant for mutant in json.loads(listed.stdout) if said.name in mutant["name"]]
    random.seed(said.seed)
    sample = random.sample(mutants, min(said.most, len(mutants)))
    known = {}
    if results.exists():
        known = {result["name"]: result["verdict"] for result in map(json.loads, results.read_text().splitlines())}
    for mutant in sample:
        name, start = mutant["name"], time.time()
        if name not in known:
            known[name] = verdict(tree, mutant, env)
            with results.open("a") as out:
                out.write(json.dumps({"name": name, "verdict": known[name], "diff": mutant["diff"]}) + "\n")
            print(known[name], f"{time.time() - start:.0f} s", name, flush=True)
    print(dict(collections.Counter(known[mutant["name"]].split(",")[0] for mutant in sample)), "of", len(mutants))


def verdict(tree, mutant, env):
    """What the tests say of a mutant."""
    subprocess.run(["git", "checkout", "--quiet", "--", "."], cwd=tree, check=True)
    path, lines = mutant["file"], mutant["diff"].splitlines()[2:]
    patch = "\n".join([f"--- a/{path}", f"+++ b/{path}", *lines, ""])
    subprocess.run(["git", "apply", "--unidiff-zero", "--recount", "-"], cwd=tree, input=patch.encode(), check=True)
    try:
        for n, (tests, limit) in enumerate(STAGES):
            test = ["cargo", "test", "--quiet", "--locked", *tests]
            build = [*test[: test.index("--")], "--no-run"] if "--" in test else [*test, "--no-run"]
            if subprocess.run(build, cwd=tree, env=env, capture_output=True).returncode:
                return "unbuildable"
            # A group of its own, which can be ended whole.
            run = subprocess.Popen(test, cwd=tree, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            try:
                if run.wait(timeout=limit):
                    return f"killed, stage {n}"
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()
                return f"timeout, stage {n}"
        return "SURVIVED"
    finally:
        subprocess.run(["git", "checkout", "--quiet", "--", "."], cwd=tree, check=True)


main()
