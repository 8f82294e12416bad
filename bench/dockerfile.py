#!/usr/bin/env python3
"""Measures `sekisho check` and Hadolint on the corpus of Dockerfiles.

    bench/dockerfile.py [--runs N]

Prints wall clock for each file on its own, and for all files in one run; the least of N runs is
shown. Sekisho is target/release/sekisho. Hadolint comes from PyPI into target/tools, where the test
that compares the two also looks for it: `cargo xtask test` puts it there.
"""

import argparse
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = sorted((ROOT / "crates/sekisho-dockerfile/testdata/corpus").glob("*.dockerfile"))
TOOLS = {
    "sekisho": [ROOT / "target/release/sekisho", "check", "--fail-on", "none", "--format", "json"],
    "hadolint": [ROOT / "target/tools/bin/hadolint", "--no-fail", "--format", "json"],
}


def seconds(command):
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    if done.returncode not in (0, 1, 3):
        raise SystemExit(f"{command[0]} ended with {done.returncode}")
    return wall


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    print(f"{'':10} {'a file (median)':>16} {'a file (worst)':>15} {len(CORPUS)} files in one run")
    for name, command in TOOLS.items():
        if not command[0].exists():
            print(f"{name:10} is missing: {command[0]}")
            continue
        each = sorted(min(seconds([*command, path]) for _ in range(runs)) for path in CORPUS)
        whole = min(seconds([*command, *CORPUS]) for _ in range(runs))
        median = each[len(each) // 2]
        print(f"{name:10} {median * 1e3:13.1f} ms {each[-1] * 1e3:12.1f} ms {whole * 1e3:10.1f} ms")


if __name__ == "__main__":
    main()
