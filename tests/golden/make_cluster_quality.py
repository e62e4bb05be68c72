#!/usr/bin/env python3
"""Writes cluster_quality.json: what scikit-learn says of how good groups are, of points given by a formula.

Needs numpy and scikit-learn (made with 1.9; any version serves):
    python3 tests/golden/make_cluster_quality.py > tests/golden/cluster_quality.json
The test draws the same points and labels by the same formulas. The simplified silhouette, which scikit-learn has not, is written out
here from its definition.
"""

import json

import numpy as np
import sklearn
from sklearn.metrics import davies_bouldin_score, pairwise_distances, silhouette_score


def points(n, d, corners):
    i, j = np.arange(n)[:, None], np.arange(d)[None, :]
    noise = ((i * 7919 + j * 104729 + i * j * 31) % 1009) / 1009
    corner = (i % corners * (j + 3)) % 7
    return (2 * noise + corner).astype(np.float32)


def simplified(x, labels):
    centroids = np.stack([x[labels == label].mean(axis=0) for label in np.unique(labels)])
    distances = pairwise_distances(x, centroids)
    own = np.arange(len(x)), labels
    a = distances[own].copy()
    distances[own] = np.inf
    b = distances.min(axis=1)
    return float(np.mean((b - a) / np.maximum(a, b)))


def case(n, d, corners, groups):
    x = points(n, d, corners).astype(np.float64)
    labels = np.arange(n) % corners % groups
    # One point in the wrong group out of seven, so that measures are negative somewhere.
    labels[::7] = (labels[::7] + 1) % groups
    return {
        "points": n,
        "dimensions": d,
        "corners": corners,
        "groups": groups,
        "silhouette": round(float(silhouette_score(x, labels)), 6),
        "davies_bouldin": round(float(davies_bouldin_score(x, labels)), 6),
        "simplified_silhouette": round(simplified(x, labels), 6),
    }


print(json.dumps({
    "made_with": f"make_cluster_quality.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "cases": [case(120, 8, 6, 6), case(300, 5, 9, 7), case(500, 24, 4, 4), case(700, 200, 12, 5), case(60, 3, 3, 2)],
}))
