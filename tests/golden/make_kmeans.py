#!/usr/bin/env python3
"""Writes cluster_kmeans.json: what scikit-learn's k-means makes of points given by a formula.

Needs numpy and scikit-learn (made with 1.7 or later; any version with Lloyd's algorithm serves):
    python3 tests/golden/make_kmeans.py > tests/golden/cluster_kmeans.json
The test draws the same points by the same formula and begins at the same rows, so no randomness is left.
"""

import json

import numpy as np
import sklearn
from sklearn.cluster import KMeans


def points(n, d, corners):
    i, j = np.arange(n)[:, None], np.arange(d)[None, :]
    noise = ((i * 7919 + j * 104729 + i * j * 31) % 1009) / 1009
    corner = (i % corners * (j + 3)) % 7
    return (2 * noise + corner).astype(np.float32)


def case(n, d, corners, k):
    x = points(n, d, corners)
    start = [int(row) for row in np.linspace(0, n - 1, k).astype(int)]
    found = KMeans(k, init=x[start], n_init=1, max_iter=100, tol=1e-4, algorithm="lloyd").fit(x)
    return {
        "points": n,
        "dimensions": d,
        "corners": corners,
        "start": start,
        "labels": found.labels_.tolist(),
        "inertia": round(float(found.inertia_), 4),
        "centroid_0": [round(float(v), 5) for v in found.cluster_centers_[0]],
    }


print(json.dumps({
    "made_with": f"make_kmeans.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "cases": [case(120, 8, 6, 6), case(300, 5, 9, 12), case(200, 24, 4, 7), case(60, 3, 3, 1)],
}))
