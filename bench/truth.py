#!/usr/bin/env python3
"""Compares reports of the images of bench/images.py with what the package managers say, and the
reports of one image from all its sources with each other.

    sudo bench/truth.py [DIRECTORY]         default: target/bench

Besides archives and layouts an image is loaded into a real dockerd and pushed to a real
docker-registry, both on loopback and both started here; one that is not installed is left out with
a message. Exits with 1 where anything differs.
"""

import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "target/release/sekisho"
# What says where an image was read from, and nothing of the image.
OF_THE_SOURCE = ["name", "source", "digest"]

failures = []


def check(what, wanted, found):
    missing, extra = sorted(wanted - found), sorted(found - wanted)
    if missing or extra:
        failures.append(what)
    print(f"{'DIFFERS' if missing or extra else 'equal  '} {what}: {len(wanted)} wanted, "
          f"{len(found)} found")
    for label, names in [("missing", missing), ("extra", extra)]:
        if names:
            print(f"    {label} {len(names)}: {', '.join(map(str, names[:8]))}")


def scan(target, *arguments, environment=None):
    command = [OURS, "image", "scan", "--format", "json", "--no-cache", *arguments, target]
    run = subprocess.run(command, capture_output=True, env=environment or {})
    if run.returncode not in (0, 1, 3):
        failures.append(str(target))
        print(f"FAILED  {target}: {run.stderr.decode()}")
        return None
    return json.loads(run.stdout)


def packages(report, kind):
    return [package for package in report["packages"] if package["kind"] == kind]


def normal(name):
    return re.sub("[-_.]+", "-", name).lower()


def dpkg(bench, image, report):
    wanted = set()
    for line in (bench / f"truth/{image}.dpkg").read_text().splitlines():
        status, name, version, architecture = line.split()
        if status.startswith("ii"):
            wanted.add((name, version, architecture))
    found = {(p["name"], p["version"], p["arch"]) for p in packages(report, "deb")}
    check(f"{image}: deb as dpkg-query lists them", wanted, found)


def pip(bench, report):
    listed = json.loads((bench / "truth/fat.pip").read_text())
    wanted = {(normal(package["name"]), package["version"]) for package in listed}
    found = {(normal(p["name"]), p["version"]) for p in packages(report, "pypi")
             if any("/dist-packages/" in path or "/site-packages/" in path for path in p["paths"])
             and not any("/opt/tools/" in f"/{path}" or "/_vendor/" in path
                         for path in p["paths"])}
    check("fat: pypi as pip list has them", wanted, found)


def npm(bench, report):
    wanted = set()

    def walk(tree):
        for name, node in tree.get("dependencies", {}).items():
            if "version" in node:
                # An alias is listed by its own name; the tarball has the package's.
                real = re.search(r"((?:@[^/]+/)?[^/]+)/-/[^/]+\.tgz$", node.get("resolved", ""))
                wanted.add((real[1] if real else name, node["version"]))
            walk(node)

    walk(json.loads((bench / "truth/fat.npm").read_text()))
    in_tree = re.compile(r"^srv/app/node_modules/(@[^/]+/)?[^/]+"
                         r"(/node_modules/(@[^/]+/)?[^/]+)*/package.json$")
    found = {(p["name"], p["version"]) for p in packages(report, "npm")
             if any(in_tree.match(path) for path in p["paths"])}
    check("fat: npm as npm ls --all has them", wanted, found)


def apk(bench, report):
    """Reads the database again, in another language and with other code."""
    with tarfile.open(bench / "alpine.tar") as archive:
        entry = json.load(archive.extractfile("manifest.json"))[0]
        with tarfile.open(fileobj=archive.extractfile(entry["Layers"][0])) as layer:
            text = layer.extractfile("lib/apk/db/installed").read().decode()
    wanted = set()
    for stanza in text.strip().split("\n\n"):
        fields = dict(line.split(":", 1) for line in stanza.splitlines() if ":" in line)
        wanted.add((fields["P"], fields["V"], fields["A"]))
    found = {(p["name"], p["version"], p["arch"]) for p in packages(report, "apk")}
    check("alpine: apk as its database has them", wanted, found)


def comparable(report):
    report = json.loads(json.dumps(report))
    for key in OF_THE_SOURCE:
        report["subject"].pop(key)
    return report


def same(what, report, other):
    if other is None:
        return
    equal = comparable(report) == comparable(other)
    if not equal:
        failures.append(what)
    print(f"{'equal  ' if equal else 'DIFFERS'} {what}: the report apart from its source")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"nothing listens on port {port}")


def from_registry(bench, image, report):
    if not shutil.which("docker-registry") or not shutil.which("skopeo"):
        print("left out: docker-registry and skopeo are wanted")
        return
    port = free_port()
    with tempfile.TemporaryDirectory(dir=bench) as store:
        settings = pathlib.Path(store, "registry.yml")
        settings.write_text(json.dumps({
            "version": 0.1, "http": {"addr": f"127.0.0.1:{port}"},
            "storage": {"filesystem": {"rootdirectory": store}}}))
        server = subprocess.Popen(["docker-registry", "serve", settings],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(port)
            for form in ["gzip", "zstd"]:
                name = f"127.0.0.1:{port}/bench/{image}:{form}"
                subprocess.run(["skopeo", "copy", "-q", "--dest-tls-verify=false",
                                f"oci:{bench / f'{image}-{form}'}", f"docker://{name}"],
                               check=True)
                same(f"{image} from docker-registry, {form}", report, scan(f"registry:{name}"))
        finally:
            server.terminate()
            server.wait()


def from_docker(bench, image, report):
    if not shutil.which("dockerd"):
        print("left out: dockerd is wanted")
        return
    with tempfile.TemporaryDirectory(dir=bench) as home:
        host = f"unix://{home}/docker.sock"
        server = subprocess.Popen(
            ["dockerd", "--host", host, "--data-root", f"{home}/data", "--exec-root",
             f"{home}/run", "--pidfile", f"{home}/pid", "--iptables=false", "--bridge=none"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            client = {"DOCKER_HOST": host, "PATH": os.environ["PATH"]}
            for _ in range(300):
                if subprocess.run(["docker", "info"], env=client, capture_output=True
                                  ).returncode == 0:
                    break
                time.sleep(0.2)
            subprocess.run(["docker", "load", "-q", "-i", bench / f"{image}.tar"], env=client,
                           check=True, stdout=subprocess.DEVNULL)
            name = "bench/" + image if image != "alpine" else None
            if name is None:
                with tarfile.open(bench / "alpine.tar") as archive:
                    entry = json.load(archive.extractfile("manifest.json"))[0]
                name = (entry.get("RepoTags") or [entry["Config"].removesuffix(".json")])[0]
            same(f"{image} from dockerd", report, scan(f"docker:{name}", environment=client))
        finally:
            server.terminate()
            server.wait()
            subprocess.run(["umount", "--recursive", home], stderr=subprocess.DEVNULL)


def main():
    bench = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/bench").resolve()
    for image in ["alpine", "debian", "fat"]:
        if not (bench / f"{image}.tar").exists():
            print(f"left out: {image}.tar is not there")
            continue
        report = scan(bench / f"{image}.tar")
        if report is None:
            continue
        print(f"        {image}: {len(report['packages'])} packages, "
              f"{len(report['executables'])} executables, {len(report['unknowns'])} unknowns")
        for form in ["gzip", "zstd"]:
            same(f"{image} as OCI layout, {form}", report, scan(bench / f"{image}-{form}"))
        from_registry(bench, image, report)
        from_docker(bench, image, report)
        if image == "alpine":
            apk(bench, report)
        else:
            dpkg(bench, image, report)
        if image == "fat":
            pip(bench, report)
            npm(bench, report)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
