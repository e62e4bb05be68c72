#!/usr/bin/env python3
"""Says how good neighbours are, from stores that `segue analyse` has filled: the figures of docs/hearing.md.

usage: hearing.py figures STORE...      every step of the space in turn, and each taken away (the stores as one library)
       hearing.py choices STORE...      random libraries of nine folders: what else was tried, beside the space as it is
       hearing.py changed STORE ALTERED what remains of the ten nearest when a track is replaced by an altered copy: ALTERED holds
                                        copies of tracks of STORE under names that begin with the track's place (from 0) among its paths
       hearing.py growth STORE...       what remains of the ten nearest when the library grows and its statistics are taken anew
       hearing.py statistics STORE...   writes to standard output what rust/engine/src/hear/prior.f32 is

Tracks of one folder belong together. Needs numpy and scipy (made with 2.4.6 and 1.17.1). Stores are only read.
"""

import re
import sqlite3
import sys
from pathlib import Path

import numpy as np
from scipy.special import ndtr

NETWORKS = ("msd", "mtt")
PRIOR = Path(__file__).parent.parent / "rust/engine/src/hear/prior.f32"
DENSE = 200
PRIOR_TRACKS = 200
SAMPLE = 256
# Block, weight.
BLOCKS = [(f"{network}_levelled {what}", weight) for network in NETWORKS for what, weight in (("mean", 1), ("deviation", 0.5))]
AS_IS = [(name.replace("_levelled", ""), weight) for name, weight in BLOCKS]
FACTS = ("bpm", "loudness_lufs", "energy", "brightness", "danceability", "duration_s")


class Library:
    """Tracks: blocks of numbers by name, one row per track, and the folder that each belongs to."""

    def __init__(self, blocks, folders, paths):
        self.blocks, self.folders, self.paths = blocks, folders, paths

    def __len__(self):
        return len(self.folders)

    def part(self, rows):
        blocks = {name: block[rows] for name, block in self.blocks.items()}
        return Library(blocks, self.folders[rows], [self.paths[row] for row in rows])


def floats(blob):
    return np.frombuffer(blob, "<f4").astype(float)


def read(*stores):
    """All tracks of some stores that both networks have heard at both levels, by path; one audio once."""
    rows, seen = [], set()
    for store in stores:
        database = sqlite3.connect(f"file:{Path(store).resolve()}?mode=ro", uri=True)
        embeddings = {}
        for song, model, *vectors in database.execute("SELECT song_id, model, mean, deviation, tags FROM song_embeddings"):
            embeddings.setdefault(song, {})[model] = [floats(vector) for vector in vectors]
        facts = {
            song: (floats(vector), [np.nan if fact is None else fact for fact in found])
            for song, vector, *found in database.execute(f"SELECT song_id, feature_vector, {', '.join(FACTS)} FROM songs")
            if vector
        }
        files = database.execute("SELECT song_id, CAST(path AS TEXT) FROM files WHERE song_id IS NOT NULL ORDER BY 2")
        for song, path in files:
            if song not in seen and song in facts and len(embeddings.get(song, ())) >= 2 * len(NETWORKS):
                seen.add(song)
                rows.append((path, embeddings[song], *facts[song]))
    if not rows:
        sys.exit("no track that was heard at both levels; run segue analyse first")
    blocks = {}
    for model in rows[0][1]:
        for place, what in enumerate(("mean", "deviation", "tags")):
            blocks[f"{model} {what}"] = np.array([row[1][model][place] for row in rows])
    classical = np.array([row[2][:95] for row in rows])
    # Of the 95 classical features the MFCCs but the first, which is the level.
    blocks["mfcc"] = classical[:, 33:83]
    for place, fact in enumerate(FACTS):
        column = np.array([[row[3][place]] for row in rows], float)
        blocks[fact] = np.where(np.isnan(column), np.nanmean(column), column)
    paths = [row[0] for row in rows]
    return Library(blocks, np.array([Path(path).parent.name for path in paths]), paths)


def prior(names):
    """Mean and variance of blocks, as shipped."""
    values = np.fromfile(PRIOR, "<f4").astype(float).reshape(2, 2, 4, DENSE)
    shipped = {}
    for level, blocks in enumerate((BLOCKS, AS_IS)):
        for place, (name, _) in enumerate(blocks):
            shipped[name] = values[level, 0, place], values[level, 1, place] ** 2
    return {name: shipped.get(name) for name in names}


def statistics(library, blocks, tracks=PRIOR_TRACKS):
    """Mean and deviation of each block, with so many tracks more of the shipped ones."""
    found = {}
    for name, shipped in prior(name for name, _ in blocks).items():
        block, n = library.blocks[name], len(library)
        mean, variance = block.mean(axis=0), block.var(axis=0)
        if shipped is not None and tracks:
            joined = (n * mean + tracks * shipped[0]) / (n + tracks)
            variance = n * (variance + (mean - joined) ** 2) + tracks * (shipped[1] + (shipped[0] - joined) ** 2)
            mean, variance = joined, variance / (n + tracks)
        deviation = np.sqrt(variance)
        found[name] = mean, np.where(deviation > 1e-9, deviation, np.inf)
    return found


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def cosine(library, blocks=BLOCKS, tracks=PRIOR_TRACKS, of=None, taken=None):
    """Cosine distances joined by weight: of all tracks (or those of another library, `of`) to all."""
    taken = taken or statistics(library, blocks, tracks)
    total = sum(weight for _, weight in blocks)
    distances = 0
    for name, weight in blocks:
        mean, deviation = taken[name]
        rows = unit((library.blocks[name] - mean) / deviation)
        others = rows if of is None else unit((of.blocks[name] - mean) / deviation)
        distances = distances + weight / total * (1 - others @ rows.T)
    return distances


def plain(library, name):
    rows = unit(library.blocks[name])
    return 1 - rows @ rows.T


def spread(distances, nearer_side=True):
    """Mean and deviation of each row's distances, what is not a number left out."""
    mean = np.nanmean(distances, axis=1)
    if not nearer_side:
        return mean, np.nanstd(distances, axis=1)
    below = np.minimum(distances - mean[:, None], 0)
    return mean, np.sqrt(2 * np.nanmean(below**2, axis=1))


def share(distances, mean, deviation):
    """Share of the library expected nearer, by the normal distribution cut off at 0."""
    zero = ndtr(-mean / deviation)
    return np.clip((ndtr((distances - mean) / deviation) - zero) / (1 - zero), 0, 1)


def without_own(distances):
    distances = distances.copy()
    np.fill_diagonal(distances, np.nan)
    return distances


def corrected(distances, nearer_side=True, sample=SAMPLE, seed=1):
    """One minus mutual proximity."""
    others, n = without_own(distances), len(distances)
    if n > sample:
        others = others[:, np.random.default_rng(seed).choice(n, sample, replace=False)]
    mean, deviation = spread(others, nearer_side)
    nearer = share(distances, mean[:, None], deviation[:, None])
    return nearer + nearer.T * (1 - nearer)


def nearest(distances, k=10):
    distances = distances.copy()
    np.fill_diagonal(distances, np.inf)
    return np.argsort(distances, axis=1, kind="stable")[:, :k]


def judge(distances, folders):
    """P@5, P@10, the largest hub, skewness of appearances."""
    lists = nearest(distances)
    own = folders[lists] == folders[:, None]
    appearances = np.bincount(lists[:, :5].ravel(), minlength=len(folders))
    skewness = ((appearances - 5.0) ** 3).mean() / max(appearances.std(), 1e-9) ** 3
    return np.array([own[:, :5].mean(), own.mean(), appearances.max(), skewness])


def scalar(library, fact, weight):
    """A distance by one number, weighted beside the space's."""
    values = library.blocks[fact]
    return weight * np.abs(values - values.T) / values.std() / 2


def now(library, blocks=BLOCKS, **how):
    return corrected(cosine(library, blocks, **how))


STEPS = {
    "MSD, mean, cosine, as is": lambda l: plain(l, "msd mean"),
    "the same at one level, standardised": lambda l: cosine(l, [BLOCKS[0]], 0),
    "and MTT": lambda l: cosine(l, [BLOCKS[0], BLOCKS[2]], 0),
    "and deviations over the patches": lambda l: cosine(l, tracks=0),
    "and mutual proximity": lambda l: corrected(cosine(l, tracks=0), nearer_side=False),
    "and shipped statistics": lambda l: corrected(cosine(l), nearer_side=False),
    "and the nearer side: as it is": now,
    "without MTT": lambda l: now(l, BLOCKS[:2]),
    "without MSD": lambda l: now(l, BLOCKS[2:]),
    "without deviations": lambda l: now(l, BLOCKS[::2]),
    "without mutual proximity": cosine,
    "without the library's own statistics": lambda l: now(l, tracks=1e12),
    "with the level as it is": lambda l: now(l, AS_IS),
}

CHOICES = {
    "as it is": now,
    "deviations weighted 0.25": lambda l: now(l, [(name, min(weight, 0.25) if weight < 1 else 1) for name, weight in BLOCKS]),
    "deviations weighted 1": lambda l: now(l, [(name, 1) for name, _ in BLOCKS]),
    "and tags, as is, 0.5": lambda l: now(l, [*BLOCKS, ("msd tags", 0.5), ("mtt tags", 0.5)]),
    "and 50 MFCC statistics, 0.6": lambda l: now(l, [*BLOCKS, ("mfcc", 0.6)]),
    "and loudness": lambda l: corrected(cosine(l) + scalar(l, "loudness_lufs", 0.2)),
    "and duration": lambda l: corrected(cosine(l) + scalar(l, "duration_s", 0.1)),
    "and energy": lambda l: corrected(cosine(l) + scalar(l, "energy", 0.1)),
    "and tempo": lambda l: corrected(cosine(l) + scalar(l, "bpm", 0.1)),
    "the level as it is": lambda l: now(l, AS_IS),
}


def figures(library):
    print(f"{len(library)} tracks, {len(set(library.folders))} folders")
    for name, space in STEPS.items():
        print("{:40} {:.3f} {:.3f} {:3.0f} {:5.2f}".format(name, *judge(space(library), library.folders)))
    before, after = (np.equal(library.folders[nearest(STEPS[name](library))], library.folders[:, None]) for name in
                     ("and mutual proximity", "and the nearer side: as it is"))
    members = [np.flatnonzero(library.folders == folder) for folder in sorted(set(library.folders))]
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(2000):
        rows = np.concatenate([members[place] for place in random.integers(0, len(members), len(members))])
        here, there = after[rows], before[rows]
        drawn.append([here[:, :5].mean(), here.mean(), here[:, :5].mean() - there[:, :5].mean(), here.mean() - there.mean()])
    for name, (low, high) in zip(("P@5", "P@10", "P@5, change", "P@10, change"), np.quantile(drawn, [0.025, 0.975], axis=0).T):
        print(f"{name + ', 95 % over folders':40} {low:.3f} to {high:.3f}")


def choices(library, libraries=60, folders=9):
    random, found = np.random.default_rng(1), {name: [] for name in CHOICES}
    large = [folder for folder in sorted(set(library.folders)) if (library.folders == folder).sum() > 5]
    for _ in range(libraries):
        part = library.part(np.flatnonzero(np.isin(library.folders, random.choice(large, folders, replace=False))))
        for name, space in CHOICES.items():
            found[name].append(judge(space(part), part.folders))
    base = np.array(found["as it is"])
    for name, scores in found.items():
        change = (np.array(scores) - base)[:, :2]
        numbers = *np.mean(scores, axis=0), *change.mean(axis=0), *change.std(axis=0)
        print("{:32} {:.3f} {:.3f} {:4.1f} {:5.2f}   {:+.3f} {:+.3f} (±{:.3f} ±{:.3f})".format(name, *numbers))


def changed(library, altered):
    places = np.array([int(re.match(r"\d+", Path(path).name).group()) for path in altered.paths])
    rows = np.arange(len(places))
    for name, blocks in (("as it is", BLOCKS), ("without levelling", AS_IS)):
        distances, asked = cosine(library, blocks), cosine(library, blocks, of=altered)
        mean, deviation = spread(without_own(distances))
        others = asked.copy()
        others[rows, places] = np.nan
        own_mean, own_deviation = spread(others)
        there, here = share(asked, mean, deviation), share(asked, own_mean[:, None], own_deviation[:, None])
        found, before = here + there * (1 - here), nearest(corrected(distances, sample=len(library)))
        own = (found.argmin(axis=1) == places).sum()
        found[rows, places] = np.inf
        kept = [np.isin(before[place], np.argsort(row)[:10]).mean() for row, place in zip(found, places)]
        print(f"{name:20} own original nearest {own} of {len(places)}, kept {np.mean(kept):.3f}, least {min(kept):.1f}")


def growth(library, repeats=20):
    folders = sorted(set(library.folders))
    for size in (50, 150, 350):
        for added, what in ((12, "12 tracks more"), (size // 4 + 1, "a quarter more")):
            for tracks, side, name in ((0, False, "own statistics"), (PRIOR_TRACKS, True, "as it is")):
                random, kept = np.random.default_rng(5), []
                for _ in range(repeats):
                    order = np.concatenate([np.flatnonzero(library.folders == folder) for folder in random.permutation(folders)])
                    if len(order) < size + added:
                        return
                    small, large = (corrected(cosine(library.part(order[:count]), tracks=tracks), side, sample=10**9)
                                    for count in (size, size + added))
                    pairs = zip(nearest(small), nearest(large[:size, :size]))
                    kept.append(np.mean([np.isin(before, after).mean() for before, after in pairs]))
                print(f"{size} tracks, {what}, {name}: {np.mean(kept):.3f} kept, least {min(kept):.3f}")


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("figures", "choices", "changed", "growth", "statistics"):
        print(__doc__, file=sys.stderr)
        return 2
    command, stores = sys.argv[1], sys.argv[2:]
    if command == "changed":
        changed(read(stores[0]), read(*stores[1:]))
    elif command == "statistics":
        library = read(*stores)
        parts = [[library.blocks[name] for name, _ in blocks] for blocks in (BLOCKS, AS_IS)]
        means = [[[b.mean(axis=0) for b in level], [b.std(axis=0) for b in level]] for level in parts]
        sys.stdout.buffer.write(np.array(means, "<f4").tobytes())
    else:
        {"figures": figures, "choices": choices, "growth": growth}[command](read(*stores))
    return 0


if __name__ == "__main__":
    sys.exit(main())
