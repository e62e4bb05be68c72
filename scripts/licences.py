#!/usr/bin/env python3
"""Collects the licence texts of every crate that is linked into the native library, as the licences ask of binaries.

usage: licences.py FILE
"""

import json
import subprocess
import sys
from pathlib import Path

TEXTS = ("license", "licence", "copying", "notice", "unlicense", "copyright")
SHIPPED = "segue-ffi"


def metadata() -> dict:
    """What cargo knows of the crates that are built for the machine at hand."""
    version = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, encoding="utf-8").stdout
    host = next(line.removeprefix("host: ") for line in version.splitlines() if line.startswith("host: "))
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", host]
    return json.loads(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout)


def linked(graph: dict) -> list[dict]:
    """The crates that end up in the shipped library, sorted by name: dependencies of dependencies, but not those that
    only serve the build or the tests."""
    packages = {package["id"]: package for package in graph["packages"]}
    nodes = {node["id"]: node for node in graph["resolve"]["nodes"]}
    waiting = [identity for identity, package in packages.items() if package["name"] == SHIPPED]
    seen = set(waiting)
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if normal and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    foreign = [packages[identity] for identity in seen if packages[identity]["source"]]
    return sorted(foreign, key=lambda package: (package["name"], package["version"]))


def texts(package: dict) -> list[str]:
    """The licence files of a crate, each once."""
    folder = Path(package["manifest_path"]).parent
    files = [file for file in sorted(folder.iterdir()) if file.is_file() and file.name.lower().startswith(TEXTS)]
    return list(dict.fromkeys(file.read_text(encoding="utf-8", errors="replace").strip() for file in files))


def write(packages: list[dict], out: Path) -> None:
    """Each text once, under the names of all crates that carry it."""
    holders: dict[str, list[str]] = {}
    lines = ["Segue's native library contains these Rust crates:", ""]
    for package in packages:
        name = f"{package['name']} {package['version']}"
        licence = package["license"] or "see its licence file"
        lines.append(f"{name}: {licence}. Source: {package['repository'] or package['homepage'] or 'not stated'}")
        for text in texts(package):
            holders.setdefault(text, []).append(name)
    for text, names in holders.items():
        lines += ["", "-" * 100, ", ".join(names), "", text]
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: licences.py FILE")
    write(linked(metadata()), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
