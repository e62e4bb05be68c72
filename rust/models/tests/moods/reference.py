#!/usr/bin/env python3
"""Writes src/moods/reference.rs: the reference collection that moods are measured against, from Segue stores.

    python3 rust/models/tests/moods/reference.py STORE... > rust/models/src/moods/reference.rs

Needs numpy. The collection is every song of the stores, once. To stderr goes how well the rules agree with expected.txt:
the area under the ROC curve of each mood over the packages of even and odd place in the alphabet and over all, the
same of the single clue that comes nearest, and the rank correlation with loudness.
"""

import re
import sqlite3
import sys
from pathlib import Path

import numpy as np

ROOM = Path(__file__).resolve().parents[2]
# The rule's nearest single clue.
SINGLE = {
    "arousal": "Energy",
    "valence": 'Msd("happy")',
    "acoustic": 'Msd("acoustic")',
    "happy": 'Msd("happy")',
    "sad": 'Msd("sad")',
    "relaxed": 'Msd("Mellow")',
    "aggressive": 'Msd("metal")',
    "party": 'Msd("party")',
    "dreamy": 'Msd("ambient")',
}


def tag_names(network):
    text = (ROOM / "src/network.rs").read_text()
    return re.findall(r'"([^"]+)"', re.search(rf"{network}_TAGS: \[&str; TAGS_LEN\] = \[(.*?)\];", text, re.S)[1])


def rules():
    text = (ROOM / "src/moods/rules.rs").read_text()
    found = re.findall(r"const ([A-Z]+): Rule = &\[(.*?)\n\];", text, re.S)
    clue = r'\(((?:Msd|Mtt)\("[^"]+"\)|[A-Z][a-z]+), (-?[\d.]+)\)'
    return {name.lower(): [(c, float(w)) for c, w in re.findall(clue, body)] for name, body in found}


def songs(stores):
    seen = {}
    for store in stores:
        base = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        query = """SELECT s.song_id, f.path, s.energy, s.danceability, s.scale, s.loudness_lufs, a.tags, b.tags
            FROM songs s JOIN files f ON f.song_id = s.song_id
            JOIN song_embeddings a ON a.song_id = s.song_id AND a.model = 'msd'
            JOIN song_embeddings b ON b.song_id = s.song_id AND b.model = 'mtt' ORDER BY f.path"""
        for song, path, *rest in base.execute(query):
            path = path.decode() if isinstance(path, bytes) else path
            place = "/".join(Path(path).parts[-2:])
            if place not in {other[0] for other in seen.values()}:
                seen.setdefault(song, (place, *rest))
    return list(seen.values())


def logit(p):
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def clues(collection):
    values = {}
    for column, kind, network in ((5, "Msd", "MSD"), (6, "Mtt", "MTT")):
        tags = logit(np.array([np.frombuffer(song[column], "<f4") for song in collection], float))
        values |= {f'{kind}("{name}")': tags[:, i] for i, name in enumerate(tag_names(network))}
    number = lambda column: np.array([np.nan if song[column] is None else song[column] for song in collection], float)
    values["Energy"], values["Danceability"] = number(1), number(2)
    values["Minor"] = np.array([{"minor": 1.0, "major": -1.0}.get(song[3], 0.0) for song in collection])
    return values


def ranks(x):
    return np.array([(x < v).sum() + 0.5 * (x == v).sum() for v in x])


def area(scores, wanted):
    high, low = scores[wanted], scores[~wanted]
    if not len(high) or not len(low):
        return "-"
    return f"{np.mean((high[:, None] > low) + 0.5 * (high[:, None] == low)):.2f}"


def expectations():
    expected = {}
    for line in (ROOM / "tests/moods/expected.txt").read_text().splitlines():
        if not line.startswith("#"):
            place, words = line.rsplit(": ", 1)
            said = expected[place] = {word[1:]: word[0] == "+" for word in words.split()}
            # Happy tracks are of high valence, sad ones and those that are not happy of low.
            if "valence" not in said and ("happy" in said or "sad" in said):
                if said.get("happy") or said.get("sad"):
                    said["valence"] = bool(said.get("happy"))
                elif "happy" in said:
                    said["valence"] = False
    return expected


def report(collection, standings, scores):
    expected, places = expectations(), [song[0] for song in collection]
    packages = sorted({place.split("/")[0] for place in places})
    half = np.array([packages.index(place.split("/")[0]) % 2 for place in places])
    loudness = np.array([np.nan if song[4] is None else song[4] for song in collection], float)
    known = np.isfinite(loudness)
    for mood, score in scores.items():
        judged = np.array([mood in expected.get(place, {}) for place in places])
        wanted = np.array([expected.get(place, {}).get(mood, False) for place in places])
        parts = [judged & (half == 0), judged & (half == 1), judged]
        rule = " ".join(area(score[part], wanted[part]) for part in parts)
        single = " ".join(area(standings[SINGLE[mood]][part], wanted[part]) for part in parts)
        level = np.corrcoef(ranks(score[known]), ranks(loudness[known]))[0, 1]
        count = f"{(wanted & judged).sum()} of {judged.sum()}"
        print(f"{mood:10} {count:9} rule {rule}  {SINGLE[mood]} {single}  level {level:.2f}", file=sys.stderr)


def main():
    collection = songs(sys.argv[1:])
    values = clues(collection)
    table = {clue: (np.nanmean(x), np.nanstd(x)) for clue, x in values.items()} | {"Minor": (0.0, 1.0)}
    standings = {c: np.nan_to_num(np.clip((x - table[c][0]) / table[c][1], -3, 3)) for c, x in values.items()}
    scores = {mood: sum(weight * standings[clue] for clue, weight in rule) for mood, rule in rules().items()}

    print(f"//! Made by tests/moods/reference.py from {len(collection)} tracks: see docs/moods.md.\n")
    print("use crate::TAGS_LEN;\n")
    print("/// Mean and standard deviation over the collection: of a tag's log-odds, or of a number as it is.")
    print("#[derive(Debug, Clone, Copy)]\npub(super) struct Reference(pub f32, pub f32);\n")
    print("/// Standard deviation of a rule's weighted sum over the collection.")
    print("#[derive(Debug, Clone, Copy)]\npub(super) struct Spread(pub f32);\n")
    for kind, network in (("Msd", "MSD"), ("Mtt", "MTT")):
        print(f"#[rustfmt::skip]\npub(super) const {network}: [Reference; TAGS_LEN] = [")
        for name in tag_names(network):
            mean, deviation = table[f'{kind}("{name}")']
            print(f"    Reference({mean:.3f}, {deviation:.3f}), // {name}")
        print("];\n")
    for clue in ("Energy", "Danceability"):
        print(f"pub(super) const {clue.upper()}: Reference = Reference({table[clue][0]:.4f}, {table[clue][1]:.4f});")
    print()
    for mood, score in scores.items():
        print(f"pub(super) const {mood.upper()}: Spread = Spread({score.std():.3f});")
    report(collection, standings, scores)


if __name__ == "__main__":
    main()
