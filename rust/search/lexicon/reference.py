#!/usr/bin/env python3
"""Writes reference.toml: what is usual of tags and numbers, over the songs of Segue stores.

    python3 rust/search/lexicon/reference.py STORE... > rust/search/lexicon/reference.toml

Needs numpy. Every song counts once. Tags are log-odds, limited as in src/scale.rs.
"""

import re
import sqlite3
import sys
from pathlib import Path

import numpy as np

NUMBERS = {
    "energy": "energy",
    "brightness": "brightness",
    "danceability": "danceability",
    "tempo": "bpm",
    "loudness": "loudness_lufs",
    "loudness_range": "loudness_range_lu",
}
SUREST = 1e-4


def tag_names(network):
    text = (Path(__file__).resolve().parents[1] / "src/tags.rs").read_text()
    return re.findall(r'"([^"]+)"', re.search(rf"const {network}: \[&str; TAGS\] = \[(.*?)\];", text, re.S)[1])


songs = {}
for store in sys.argv[1:]:
    base = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    query = f"""SELECT s.song_id, a.tags, b.tags, {", ".join("s." + column for column in NUMBERS.values())} FROM songs s
        JOIN song_embeddings a ON a.song_id = s.song_id AND a.model = 'msd'
        JOIN song_embeddings b ON b.song_id = s.song_id AND b.model = 'mtt' ORDER BY s.song_id"""
    songs |= {song: rest for song, *rest in base.execute(query)}
songs = list(songs.values())

print(f"# Mean and deviation of tags' log-odds and of numbers over {len(songs)} songs of game soundtracks and of the reference music.")
print("# Written by reference.py; see docs/search.md.")
for place, network in enumerate(("MSD", "MTT")):
    p = np.clip(np.array([np.frombuffer(song[place], "<f4") for song in songs], float), SUREST, 1 - SUREST)
    odds = np.log(p / (1 - p))
    print(f"\n[{network.lower()}]")
    for name, column in zip(tag_names(network), odds.T, strict=True):
        print(f'"{name}" = [{column.mean():.3f}, {column.std():.3f}]')
print("\n[numbers]")
for place, name in enumerate(NUMBERS, 2):
    values = np.array([song[place] for song in songs if song[place] is not None], float)
    print(f"{name} = [{values.mean():.3f}, {values.std():.3f}]")
