#!/usr/bin/env python3
"""Measures the advisory database with some 500,000 advisories.

    bench/database.py [--advisories N] [--runs N] FEEDS [DIRECTORY]      default: target/bench/database

FEEDS is a directory of real feeds in the layout of `sekisho db build`. Those of OSV are multiplied:
each copy of a record has its own id and its own packages, named like the real ones with a number behind.
Prints what a build from nothing, a build of unchanged feeds, and a build after one feed has
changed take, the size, and what opening and a look-up take.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from measure import execute  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent


def multiplied(record, number):
    """A copy of a record of OSV with a number behind its id and the names of its packages."""
    if number == 0:
        return record
    copy = dict(record, id=f"{record['id']}-{number}")
    copy["affected"] = [
        dict(affected, package=dict(affected["package"], name=f"{affected['package']['name']}-{number}"))
        for affected in record.get("affected", []) if "package" in affected
    ]
    return copy


def make(feeds, out, wanted):
    """Writes the multiplied feeds; gives the number of their records."""
    archives = sorted(feeds.glob("osv/*/all.zip"))
    records = {}
    for path in archives:
        with zipfile.ZipFile(path) as archive:
            records[path] = [json.loads(archive.read(name)) for name in archive.namelist()
                             if name.endswith(".json")]
    n_copies = -(-wanted // sum(map(len, records.values())))
    for path in sorted(feeds.rglob("*")):
        place = out / path.relative_to(feeds)
        if path.is_dir() or path in records:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)
    for path, real in records.items():
        place = out / path.relative_to(feeds)
        place.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for number in range(n_copies):
                for record in real:
                    copy = multiplied(record, number)
                    archive.writestr(f"{copy['id']}.json", json.dumps(copy))
    return n_copies * sum(map(len, records.values()))


def size_mb(directory):
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--advisories", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("feeds", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path, nargs="?", default=ROOT / "target/bench/database")
    options = parser.parse_args()
    program = ROOT / "target/release/sekisho"
    feeds, database = options.directory / "feeds", options.directory / "db"
    if not feeds.is_dir():
        n_records = make(options.feeds, feeds, options.advisories)
        print(f"{n_records} records of OSV, {size_mb(feeds):.0f} MB of feeds", file=sys.stderr)
    shutil.rmtree(database, ignore_errors=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(options.directory / "home")}
    output = options.directory / "output"

    def run(*arguments):
        command = [str(program), "db", *arguments, "--db", str(database)]
        return execute(command, environment, output)

    def least(*arguments):
        found = [run(*arguments) for _ in range(options.runs)]
        return min(found, key=lambda it: it.cpu)

    rows = [("build from nothing", run("build", "--from", str(feeds)))]
    rows.append(("build, nothing has changed", least("build", "--from", str(feeds))))
    kev = feeds / "kev.json"
    if kev.exists():
        text = kev.read_text()
        kev.write_text(text + "\n")
        rows.append(("build, one small feed has changed", run("build", "--from", str(feeds))))
        kev.write_text(text)
    rows.append(("open (`db status`)", least("status")))
    rows.append(("open and look up (`db why`)",
                 least("why", "--ecosystem", "Debian:11", "CVE-2022-0778", "openssl")))
    print("| what | wall s | CPU s | peak MB | exit |\n|---|---|---|---|---|")
    for name, it in rows:
        print(f"| {name} | {it.wall:.3f} | {it.cpu:.3f} | {it.rss_mb:.0f} | {it.code} |")
    print(f"\nsegments: {size_mb(database / 'segments'):.1f} MB")


if __name__ == "__main__":
    main()
