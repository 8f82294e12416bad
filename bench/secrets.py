#!/usr/bin/env python3
"""Plants secrets in an image and compares what Sekisho and Trivy find.

    bench/secrets.py [--runs N] IMAGE.tar [DIRECTORY]      default: target/bench

IMAGE.tar is an archive of `docker save`, such as bench/images.py makes. A copy of it gets layers
with secrets that have the shape of real ones and belong to nobody: above its first layer, on top,
on top and deleted by the next one, in archives among the files, and in the environment, a label
and the history. Each is one secret in one place; some lie in a second place as well.

Prints for each tool how many were found, in which layer, how many were said more than once, how
much was found besides, and what it took. The image as it was is scanned as well: all that is found
there is noise, or was there before.
"""

import argparse
import base64
import hashlib
import io
import json
import os
import pathlib
import random
import shutil
import string
import subprocess
import tarfile
import zipfile
import zlib

import measure

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


class Secrets:
    """Tokens with the shape of real ones; the same ones each time."""

    def __init__(self):
        self.random = random.Random(62)

    def some(self, n, alphabet=string.ascii_letters + string.digits):
        return "".join(self.random.choice(alphabet) for _ in range(n))

    def hex(self, n):
        return self.some(n, "0123456789abcdef")

    def checked(self, prefix):
        """30 characters and their CRC-32 in base 62, as GitHub and npm have it."""
        text = self.some(30)
        crc, digits = zlib.crc32(text.encode()), ""
        for _ in range(6):
            crc, digit = divmod(crc, 62)
            digits = BASE62[digit] + digits
        return prefix + text + digits

    def aws_id(self):
        return "AKIA" + self.some(16, string.ascii_uppercase + "234567")

    def key(self, kind):
        """A private key as openssl makes it."""
        command = {"RSA": ["genrsa", "-traditional", "2048"],
                   "EC": ["ecparam", "-name", "prime256v1", "-genkey", "-noout"],
                   "": ["genpkey", "-algorithm", "ed25519"]}[kind]
        return subprocess.run(["openssl", *command], check=True, capture_output=True,
                              text=True).stdout


def basic(text):
    return base64.b64encode(text.encode()).decode()


def plants(make):
    """`(name, where, path, content)`: what lies where. `where` is the number of a planted layer,
    or the part of the configuration."""
    sa = json.dumps({"type": "service_account", "project_id": "shop", "private_key_id": make.hex(40),
                     "private_key": make.key(""), "client_email": "a@shop.iam.gserviceaccount.com"})
    docker = json.dumps({"auths": {"registry.example": {"auth": basic("ci:" + make.some(20))}}})
    kube = "apiVersion: v1\nusers:\n- name: admin\n  user:\n    client-key-data: "
    slack = f"xoxb-{make.some(12, string.digits)}-{make.some(13, string.digits)}-{make.some(24)}"
    return [
        ("AWS key id", "early", "home/ci/.aws/credentials",
         f"[default]\naws_access_key_id = {make.aws_id()}\n"),
        ("AWS secret key", "early", "srv/deploy/aws.env",
         f"AWS_SECRET_ACCESS_KEY={make.some(40)}\n"),
        ("GitHub token", "early", "srv/planted/settings.py", f'TOKEN = "{make.checked("ghp_")}"\n'),
        ("GitLab token", "early", "etc/gitlab.conf", f"token={'glpat-' + make.some(20)}\n"),
        ("RSA key", "early", "home/ci/.ssh/id_rsa", make.key("RSA")),
        ("npm token in .npmrc", "early", "home/ci/.npmrc",
         f"//registry.example/:_authToken={make.checked('npm_')}\n"),
        ("Slack token", "early", "opt/bot/config.json", json.dumps({"slack": slack}, indent=1)),
        ("Stripe key below usr/share", "early", "usr/share/shop/pay.conf",
         f"key = sk_live_{make.some(24)}\n"),
        ("SendGrid key in a README", "early", "srv/planted/README.md",
         f"Use SG.{make.some(22)}.{make.some(43)} to send.\n"),
        ("PyPI token in a test", "early", "srv/planted/tests/upload.cfg",
         f"password = pypi-AgEIcHlwaS5vcmc{make.some(80)}\n"),
        ("EC key, deleted", "deleted", "srv/tls/server.key", make.key("EC")),
        ("database URL, deleted", "deleted", "srv/planted/.env",
         f"DATABASE_URL=postgres://shop:{make.some(16)}@db.example/shop\n"),
        ("Docker login, deleted", "deleted", "home/ci/.docker/config.json", docker),
        ("GCP service account, replaced", "deleted", "srv/gcp.json", sa),
        ("Hugging Face token, replaced", "deleted", "opt/model/token", f"hf_{make.some(34, string.ascii_letters)}\n"),
        ("kubeconfig", "late", "home/ci/.kube/config", kube + basic(make.key("EC")) + "\n"),
        (".netrc", "late", "home/ci/.netrc", f"machine git.example login ci password {make.some(18)}\n"),
        ("OpenAI key", "late", "srv/ai.yaml",
         f"key: sk-proj-{make.some(74)}T3BlbkFJ{make.some(74)}\n"),
        ("Vault token", "late", "home/ci/.vault-token", f"hvs.{make.some(95)}\n"),
        ("JDBC URL in a jar of a war", "nested", "opt/shop.war!/WEB-INF/lib/shop.jar!/application.properties",
         f"url=jdbc:mysql://db.example/shop?user=shop&password={make.some(16)}\n"),
        ("GitLab token in a zip", "nested", "srv/release.zip!/app/.env", f"TOKEN=glpat-{make.some(20)}\n"),
        ("GitHub token in a tar.gz", "nested", "var/backups/home.tar.gz!/home/ci/.env",
         f"TOKEN={make.checked('ghp_')}\n"),
        ("GitHub token in ENV", "ENV", "GITHUB_TOKEN", make.checked("ghp_")),
        ("database URL in ENV", "ENV", "DATABASE_URL", f"postgres://shop:{make.some(16)}@db.example/shop"),
        ("GitLab token in a label", "LABEL", "org.example.ci", f"glpat-{make.some(20)}"),
        ("GitHub token in the history", "history", "RUN",
         f"RUN git clone https://ci:{make.checked('ghp_')}@git.example/shop"),
    ]


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files:
            content = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o600
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def archive(path, content):
    """`(path of the file, its bytes)` for a path with `!/` in it."""
    outer, _, inner = path.partition("!/")
    if not inner:
        return path, content.encode()
    name, data = archive(inner, content)
    if ".tar" in outer:
        import gzip
        return outer, gzip.compress(tar_of([(name, data)]), mtime=0)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return outer, out.getvalue()


def plant(source, target, planted):
    """Writes `source` with the planted layers to `target`; gives the digest of each layer."""
    layers = {"early": [], "deleted": [], "late": [], "nested": []}
    for name, where, path, content in planted:
        if where in layers:
            layers[where].append(archive(path, content))
    tars = {where: tar_of(files) for where, files in layers.items()}
    gone = [path for path, _ in layers["deleted"]]
    whiteouts = [str(pathlib.PurePath(path).with_name(".wh." + pathlib.PurePath(path).name))
                 for path in gone[:3]]
    tars["deletion"] = tar_of([(path, "") for path in whiteouts] + [(path, "{}\n") for path in gone[3:]])
    # The same secret in a second place is still one.
    tars["late"] = tar_of(layers["late"] + [("srv/copy/settings.py", layers["early"][2][1])])
    digests = {where: hashlib.sha256(tar).hexdigest() for where, tar in tars.items()}
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        manifest = json.load(old.extractfile("manifest.json"))[0]
        config = json.load(old.extractfile(manifest["Config"]))
        names, diff_ids = list(manifest["Layers"]), list(config["rootfs"]["diff_ids"])
        history = [step for step in config.get("history", [])]
        if len([step for step in history if not step.get("empty_layer")]) != len(names):
            history = [{"created_by": "ADD"} for _ in names]
        first = 1 + next(i for i, step in enumerate(history) if not step.get("empty_layer"))
        for entry in old:
            if entry.name not in ("manifest.json", "repositories", manifest["Config"]):
                new.addfile(entry, old.extractfile(entry) if entry.isreg() else None)

        def add(name, data):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            new.addfile(entry, io.BytesIO(data))

        steps = [("early", "COPY . /", 1, first), ("deleted", "COPY secrets /", None, None),
                 ("deletion", "RUN rm -f", None, None), ("late", "COPY late /", None, None),
                 ("nested", "COPY release /", None, None)]
        for where, created_by, at, step_at in steps:
            name = f"planted-{where}/layer.tar"
            add(name, tars[where])
            names.insert(len(names) if at is None else at, name)
            diff_ids.insert(len(diff_ids) if at is None else at, f"sha256:{digests[where]}")
            history.insert(len(history) if step_at is None else step_at, {"created_by": created_by})
        # A second CMD: what is below the first is somebody's base image, for who guesses by it.
        history.insert(first + 1, {"created_by": 'CMD ["sh"]', "empty_layer": True})
        inner = config.setdefault("config", {})
        for _, where, path, content in planted:
            if where == "ENV":
                inner["Env"] = [*(inner.get("Env") or []), f"{path}={content}"]
                history.append({"created_by": f"ENV {path}={content}", "empty_layer": True})
            elif where == "LABEL":
                inner["Labels"] = {**(inner.get("Labels") or {}), path: content}
            elif where == "history":
                history.append({"created_by": content, "empty_layer": True})
        history.append({"created_by": 'CMD ["/srv/app/start"]', "empty_layer": True})
        config["rootfs"]["diff_ids"], config["history"] = diff_ids, history
        document = json.dumps(config).encode()
        name = hashlib.sha256(document).hexdigest() + ".json"
        add(name, document)
        add("manifest.json", json.dumps([{"Config": name, "RepoTags": ["planted:1"],
                                          "Layers": names}]).encode())
    return digests


def found_by_sekisho(document):
    """`(layer, path, what it says)` of each finding."""
    for finding in document["findings"]:
        if finding["kind"] == "secret":
            place = finding.get("location") or {}
            yield (place.get("layer") or "", place.get("path") or "", finding["message"])


def found_by_trivy(document):
    for result in document.get("Results", []):
        for secret in result.get("Secrets", []):
            yield secret.get("Layer", {}).get("DiffID", ""), result["Target"].lstrip("/"), secret["Match"]


def judge(planted, digests, found):
    """Names of what was found, found in the right layer, said again, missed; and the noise."""
    found = list(found)
    hits = {}
    for name, where, path, content in planted:
        for index, (layer, place, text) in enumerate(found):
            if where in digests:
                # A tool that does not look into archives may at least name the archive.
                is_it = path in (place, place + "!/" + path.partition("!/")[2])
                is_right = layer == f"sha256:{digests[where]}"
            elif where == "history":
                is_it, is_right = ("step " in text or "clone" in text) and path not in place, True
            else:
                is_it, is_right = path in text or path in place, True
            if is_it:
                hits.setdefault(name, []).append((index, is_right))
    said = {index for places in hits.values() for index, _ in places}
    copies = [i for i, (_, place, _) in enumerate(found) if place == "srv/copy/settings.py"]
    return {
        "found": len(hits),
        "layer": sum(any(right for _, right in places) for places in hits.values()),
        "again": sum(len(places) - 1 for places in hits.values()) + len(copies),
        "missed": [name for name, *_ in planted if name not in hits],
        "besides": [found[i] for i in range(len(found)) if i not in said and i not in copies],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sekisho", type=pathlib.Path, default=ROOT / "target/release/sekisho")
    parser.add_argument("image", type=pathlib.Path)
    parser.add_argument("directory", nargs="?", type=pathlib.Path, default=ROOT / "target/bench")
    arguments = parser.parse_args()
    bench = arguments.directory.resolve()
    bench.mkdir(parents=True, exist_ok=True)
    target = bench / "planted.tar"
    planted = plants(Secrets())
    digests = plant(arguments.image, target, planted)
    trivy = measure.peers(bench).get("trivy")
    tools = {"sekisho": ([arguments.sekisho, "image", "scan", "--format", "json", "--no-cache",
                          "--only", "secret"], found_by_sekisho)}
    if trivy:
        tools["trivy 0.76.0"] = ([trivy, "image", "--quiet", "--offline-scan", "--cache-dir",
                                  bench / "home/trivy", "--scanners", "secret",
                                  "--image-config-scanners", "secret", "--format", "json",
                                  "--input"], found_by_trivy)
    name = arguments.image.stem
    print("| image | tool | planted | found | right layer | said again | besides "
          "| wall s | CPU s | peak MB |\n|---|---|---|---|---|---|---|---|---|---|")
    notes = []
    for image in (target, arguments.image.resolve()):
        has_plants = image == target
        label = f"{name}, planted" if has_plants else name
        subprocess.run(["cat", image], stdout=subprocess.DEVNULL, check=True)
        for tool, (command, reader) in tools.items():
            run, output = measure.least(bench, [*command, image], arguments.runs, lambda: None)
            answer = judge(planted if has_plants else [], digests,
                           reader(json.loads(output.read_bytes())))
            print(f"| {label} | {tool} | {len(planted) if has_plants else 0} | {answer['found']} "
                  f"| {answer['layer']} | {answer['again']} | {len(answer['besides'])} "
                  f"| {run.wall:.2f} | {run.cpu:.2f} | {run.rss_mb:.0f} |", flush=True)
            if answer["missed"] and has_plants:
                notes.append(f"* {label}, missed by {tool}: {', '.join(answer['missed'])}")
            if answer["besides"] and not has_plants:
                places = [f"`{place or 'configuration'}`" for _, place, _ in answer["besides"]]
                notes.append(f"* {label}, besides, by {tool}: {', '.join(places[:20])}")
    print("\n" + "\n".join(notes))
    shutil.rmtree(bench / "home", ignore_errors=True)
    target.unlink()


if __name__ == "__main__":
    main()
