#!/usr/bin/env python3
"""Fetches the music that similarity and search are tried on, by Debian's own tools.

usage: corpus.py FOLDER             the packages of tests/corpus.toml
       corpus.py --search FOLDER    the collections of tests/search/collections.toml

FOLDER/tuning, FOLDER/held_out and FOLDER/further then have one folder per soundtrack, or FOLDER/search one per prefix. Needs apt-get and
dpkg-deb with Debian bookworm among its sources, and about 4 GB or 7 GB; collections need ffmpeg and FluidSynth besides.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

SOUND_FONT = "timgm6mb-soundfont"
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


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)


def rendered(score: Path, to: Path, font: Path) -> None:
    """A score as FluidSynth plays it."""
    sound = score.with_suffix(".wav")
    subprocess.run(["fluidsynth", "-ni", "-g", "0.5", "-r", "44100", "-F", sound, font, score], check=True, stdout=subprocess.DEVNULL)
    ffmpeg("-i", sound, "-c:a", "libvorbis", "-q:a", "6", to)
    sound.unlink()


def mixed(song: Path, to: Path) -> None:
    """A song and the guitar that the game keeps apart from it."""
    both = "amix=inputs=2:normalize=0,volume=0.7"
    ffmpeg("-i", song / "song.ogg", "-i", song / "guitar.ogg", "-filter_complex", both, "-c:a", "libvorbis", "-q:a", "6", to)


def collection(described: dict, target: Path, font: Path) -> int:
    """Puts the tracks of a collection into place; how many."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = fetch(described["package"], Path(folder))
        if archive := described.get("archive"):
            inside = unpacked / "inside"
            with zipfile.ZipFile(unpacked / archive) as packed:
                packed.extractall(inside, [name for name in packed.namelist() if name.startswith(described["folder"] + "/")])
            unpacked = inside
        made = described.get("made")
        ending = {"score": ".mid", "mixed": ""}.get(made, ".ogg")
        paths = {path.stem.replace(" ", "_"): path for path in (unpacked / described["folder"]).rglob(f"*{ending}")}
        for track in described["tracks"]:
            path = paths[track["id"].split("/", 1)[1]]
            to = target / f"{track['id']}.ogg"
            to.parent.mkdir(parents=True, exist_ok=True)
            if made == "score":
                rendered(path, to, font)
            elif made == "mixed":
                mixed(path, to)
            else:
                shutil.move(path, to)
    return len(described["tracks"])


def collections(target: Path) -> None:
    """The collections that text search is measured on."""
    listed = tomllib.loads((Path(__file__).parent.parent / "tests" / "search" / "collections.toml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        font = next(fetch(SOUND_FONT, Path(folder)).rglob("*.sf2"))
        for described in listed["collection"]:
            print(f"{described['package']}: {collection(described, target / 'search', font)} tracks")


def main() -> int:
    if len(sys.argv) == 3 and sys.argv[1] == "--search":
        collections(Path(sys.argv[2]))
        return 0
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
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
