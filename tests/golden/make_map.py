#!/usr/bin/env python3
"""Writes space_map.json: how well scikit-learn's t-SNE keeps the neighbours of points given by a formula.

Needs numpy and scikit-learn (any version with Barnes-Hut t-SNE serves):
    python3 tests/golden/make_map.py > tests/golden/space_map.json
The test draws the same points by the same formula, lays them out and counts in the same way: for each point, how many of its
ten nearest are among its ten nearest on the plane.
"""

import json

import numpy as np
import sklearn
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors


def noise(i, j):
    return ((i * 7919 + j * 104729 + i * j * 31) % 1009) / 1009


def points(n, d, groups):
    i, j = np.arange(n)[:, None], np.arange(d)[None, :]
    group = i % groups
    x = 3 * noise(group, j) + 2 * noise(i, 100) * np.cos(j * (group + 1)) + 2 * noise(i, 101) * np.sin(j * (group + 2))
    return x + 0.2 * noise(i, j)


def kept(x, y, k):
    nearest = [NearestNeighbors(n_neighbors=k).fit(z).kneighbors(return_distance=False) for z in (x, y)]
    return float(np.mean([len(set(a) & set(b)) / k for a, b in zip(*nearest)]))


def case(n, d, groups):
    x = points(n, d, groups)
    y = TSNE(perplexity=30, init="pca", random_state=0).fit_transform(x)
    return {"points": n, "dimensions": d, "groups": groups, "kept": round(kept(x, y, 10), 4)}


print(json.dumps({
    "made_with": f"make_map.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "cases": [case(600, 12, 8), case(400, 6, 1)],
}, indent=1))
