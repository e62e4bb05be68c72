#!/usr/bin/env python3
"""Writes what search knows of the tracks that its quality is measured on: facts of their sound and their tags, no music.

usage: facts.py SEGUE held-out STORE > held-out.json         after `scripts/corpus.py --search` and `segue analyse`
       facts.py SEGUE tuning STORE... > tuning.json           stores of the tuning half of the corpus, then of the reference library

SEGUE is the program, a STORE what it wrote. Titles, artists and albums of the held-out tracks are those of collections.toml. Tags are
in ten-thousandths, everything else is rounded to three decimals.
"""

import json
import re
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

TONICS = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
SAME = {"Db": "C#", "D#": "Eb", "Gb": "F#", "G#": "Ab", "A#": "Bb"}


def tracks(segue: str, store: str):
    """The tracks of a store, as the program tells them, with the genres of their files."""
    base = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    genres = {str(path): text for path, text in base.execute("SELECT path, genres FROM files")}
    told = subprocess.run([segue, "tracks", "--store", store, "--json"], check=True, capture_output=True, text=True).stdout
    for line in told.splitlines():
        track = json.loads(line)
        track["genres"] = [genre for genre in (genres.get(track["path"]) or "").split("\n") if genre]
        yield track


def facts(track: dict, name: str, names: dict) -> dict:
    tonic = track["key"] and TONICS.index(SAME.get(track["key"], track["key"]))
    rounded = lambda key: track[key] if track[key] is None else round(track[key], 3)
    return {
        "id": name,
        "title": names["title"],
        "artist": names["artist"],
        "album": names["album"],
        "year": track["year"],
        "genres": track["genres"],
        "msd": [round(value * 10_000) for value in track["tags"]["msd"].values()],
        "mtt": [round(value * 10_000) for value in track["tags"]["mtt"].values()],
        "moods": [round(value, 3) for value in track["moods"].values()],
        "tempo": rounded("bpm"),
        "tempo_confidence": rounded("bpm_confidence"),
        "tonic": tonic,
        "minor": track["scale"] and track["scale"] == "minor",
        "energy": rounded("energy"),
        "brightness": rounded("brightness"),
        "danceability": rounded("danceability"),
        "loudness": rounded("loudness_lufs"),
        "loudness_range": rounded("loudness_range_lu"),
        "duration": rounded("duration_s"),
    }


def held_out(segue: str, store: str):
    listed = tomllib.loads((Path(__file__).parent / "collections.toml").read_text())
    names = {track["id"]: track for collection in listed["collection"] for track in collection["tracks"]}
    for track in tracks(segue, store):
        path = Path(track["path"])
        name = f"{path.parent.name}/{path.stem}"
        yield facts(track, name, names[name])


def tuning(segue: str, stores: list[str]):
    seen = set()
    for store in stores:
        found = list(tracks(segue, store))
        plain = lambda path: re.sub(r"^\d\d (?!- )", "", path.stem)
        stems = {}
        for track in found:
            path = Path(track["path"])
            stems.setdefault(path.parent, []).append(plain(path))
        for track in found:
            path = Path(track["path"])
            numbered = len(set(stems[path.parent])) < len(stems[path.parent])
            if track["song_id"] not in seen:
                seen.add(track["song_id"])
                yield facts(track, f"{path.parent.name}/{path.stem if numbered else plain(path)}", track)


def main() -> int:
    if len(sys.argv) < 4 or sys.argv[2] not in ("held-out", "tuning"):
        print(__doc__, file=sys.stderr)
        return 2
    segue, kind, *stores = sys.argv[1:]
    found = held_out(segue, stores[0]) if kind == "held-out" else tuning(segue, stores)
    lines = sorted((track["id"], json.dumps(track, ensure_ascii=False, separators=(",", ":"))) for track in found)
    print("[\n" + ",\n".join(line for _, line in lines) + "\n]")
    return 0


if __name__ == "__main__":
    sys.exit(main())
