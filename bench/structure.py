#!/usr/bin/env python3
"""Measures `sekisho image test` and container-structure-test on the same suites.

    bench/structure.py ARCHIVE [--program FILE] [--runs N] [--most N]

ARCHIVE is an image as `docker save` writes it, such as the `debian.tar` of bench/images.py. Suites of 10,
100 and 1,000 file tests are made of the files in it. Needs root, for a dockerd of its own; the peer is taken
from target/tools, where `cargo xtask test` puts it. Its tar driver extracts the image for every test, so it
is measured up to --most tests.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEER = ROOT / "target/tools/container_structure_test/bin/container-structure-test"


def paths(archive, wanted):
    """Regular files of the lowest layer."""
    with tarfile.open(archive) as image:
        layer = json.load(image.extractfile("manifest.json"))[0]["Layers"][0]
        with tarfile.open(fileobj=image.extractfile(layer)) as files:
            found = []
            for entry in files:
                if entry.isreg() and "$" not in entry.name:
                    found.append("/" + entry.name.removeprefix("./"))
                if len(found) == wanted:
                    break
            return found


def measured(command, env):
    """Wall clock, CPU time and the memory of the largest process of a run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    report = json.loads(out)
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, report, status


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/sekisho")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--most", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        socket = scratch / "docker.sock"
        dockerd = subprocess.Popen(
            ["dockerd", "--data-root", scratch / "data", "--exec-root", scratch / "exec", "--host",
             f"unix://{socket}", "--pidfile", scratch / "pid", "--iptables=false", "--bridge=none"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        env = {**os.environ, "DOCKER_HOST": f"unix://{socket}", "XDG_CACHE_HOME": str(scratch / "cache")}
        try:
            compare(given, scratch, env)
        finally:
            dockerd.send_signal(signal.SIGTERM)
            dockerd.wait()


def load(archive, env):
    """Loads the image as soon as the daemon answers, and gives its name."""
    for _ in range(300):
        done = subprocess.run(["docker", "load", "-q", "-i", archive], env=env, capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.strip().split(": ", 1)[1]
        time.sleep(0.1)
    raise SystemExit(done.stderr)


def compare(given, scratch, env):
    image = load(given.archive, env)
    ours = [given.program, "image", "test", "--output", "json"]
    peer = [PEER, "test", "--output", "json"]
    print("| tests | tool | wall s | CPU s | peak MB | passed |\n|---|---|---|---|---|---|")
    for n_tests in (10, 100, 1000):
        suite = scratch / f"{n_tests}.yaml"
        tests = "".join(f"- {{name: '{i}', path: {json.dumps(path)}}}\n"
                        for i, path in enumerate(paths(given.archive, n_tests)))
        suite.write_text("schemaVersion: 2.0.0\nfileExistenceTests:\n" + tests)
        rows = [
            ("sekisho, archive", [*ours, "--no-cache", "--image", given.archive]),
            ("sekisho, archive again", [*ours, "--image", given.archive]),
            ("sekisho, Docker again", [*ours, "--image", f"docker:{image}"]),
            ("peer, docker driver", [*peer, "--image", image]),
        ]
        if n_tests <= given.most:
            rows.append(("peer, tar driver", [*peer, "--driver", "tar", "--image", given.archive]))
        for name, command in rows:
            is_peer = name.startswith("peer")
            # The first run fills the cache, and the page cache.
            n_runs = 1 if is_peer else given.runs + 1
            runs = [measured([*command, "--config", suite], env) for _ in range(n_runs)]
            wall, cpu, memory, report, _ = min(runs, key=lambda run: run[0])
            print(f"| {n_tests} | {name} | {wall:.3f} | {cpu:.3f} | {memory:.0f} | {report['Pass']} |", flush=True)


if __name__ == "__main__":
    main()
