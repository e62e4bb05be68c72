#!/usr/bin/env python3
"""Fetches the music that the search is tried on: the packages of tests/corpus.toml, by Debian's own tools.

usage: corpus.py FOLDER

FOLDER/tuning, FOLDER/held_out and FOLDER/further then have one folder per soundtrack. Needs apt-get and dpkg-deb with Debian bookworm among
its sources, and about 4 GB.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ENDINGS = {".ogg", ".oga", ".mp3", ".flac", ".opus", ".m4a"}


def fetch(name: str, folder: Path) -> Path:
    """Downloads and unpacks a package."""
    subprocess.run(["apt-get", "download", name], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    package = next(folder.glob(f"{name}_*.deb"))
    unpacked = folder / "unpacked"
    subprocess.run(["dpkg-deb", "-x", package, unpacked], check=True)
    return unpacked


def chosen(unpacked: Path, least: int, most: int, skip: re.Pattern[str]) -> list[Path]:
    """The tracks of a package that are taken, in order."""
    paths = sorted(
        path
        for path in unpacked.rglob("*")
        if path.suffix in ENDINGS
        and path.is_file()
        and not path.is_symlink()
        and path.stat().st_size >= least
        and not skip.search("/" + str(path.relative_to(unpacked)))
    )
    return paths if len(paths) <= most else [paths[index * len(paths) // most] for index in range(most)]


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    target = Path(sys.argv[1])
    listed = tomllib.loads((Path(__file__).parent.parent / "tests" / "corpus.toml").read_text())
    skip = re.compile(listed["skip"], re.IGNORECASE)
    for package in listed["package"]:
        name = package["name"]
        with tempfile.TemporaryDirectory() as folder:
            paths = chosen(fetch(name, Path(folder)), listed["least_bytes"], listed["most"], skip)
            there = target / package["half"] / name
            there.mkdir(parents=True, exist_ok=True)
            for index, path in enumerate(paths):
                path.replace(there / f"{index:02} {path.name}")
        note = "" if len(paths) == package["tracks"] else f", {package['tracks']} were expected"
        print(f"{name}: {len(paths)} tracks{note}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
