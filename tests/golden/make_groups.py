#!/usr/bin/env python3
"""Writes cluster_groups.json: what scikit-learn makes of points given by a formula, with DBSCAN, Gaussian mixtures,
hierarchies, principal components and its scalers.

Needs numpy and scikit-learn (made with 1.9.1):
    python3 tests/golden/make_groups.py > tests/golden/cluster_groups.json
The test draws the same points by the same formula, and mixtures begin with the same labels, so no randomness is left.
"""

import json

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN, AgglomerativeClustering
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import MinMaxScaler, StandardScaler


def uniform(index):
    """0 to 1, splitmix64 of an index."""
    with np.errstate(over="ignore"):
        z = (np.asarray(index, np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return ((z ^ (z >> np.uint64(31))) >> np.uint64(40)).astype(np.float64) / 2**24


def points(n, d, groups, spread):
    """Groups round corners between 0 and 4, each `spread` wide."""
    i, j = np.arange(n)[:, None], np.arange(d)[None, :]
    corner = 4 * uniform(1_000_000 + i % groups * d + j)
    return (corner + spread * (uniform(i * d + j) - 0.5)).astype(np.float32)


def shape(n, d, groups, spread):
    return {"points": n, "dimensions": d, "groups": groups, "spread": spread}


def rounded(values, digits=6):
    return np.round(np.asarray(values, np.float64), digits).tolist()


def in_order(labels):
    """Numbered in the order of their first points."""
    seen = {}
    return [seen.setdefault(int(label), len(seen)) for label in labels]


def dbscan(n, d, groups, spread, eps, min_samples):
    found = DBSCAN(eps=eps, min_samples=min_samples).fit(points(n, d, groups, spread).astype(np.float64))
    return shape(n, d, groups, spread) | {
        "eps": eps,
        "min_samples": min_samples,
        "labels": found.labels_.tolist(),
        "cores": found.core_sample_indices_.tolist(),
    }


class FromLabels(GaussianMixture):
    """Begins with given labels instead of k-means."""

    def _initialize_parameters(self, x, *_, **__):
        self._initialize(x, np.eye(self.n_components)[self.start])


def mixture(n, d, groups, spread, covariance):
    x = points(n, d, groups, spread).astype(np.float64)
    # Every seventh point is wrong at first.
    start = (np.arange(n) + (np.arange(n) % 7 == 0)) % groups
    found = FromLabels(groups, covariance_type=covariance, reg_covar=1e-6 * x.var(0).mean(), tol=1e-3, max_iter=100)
    found.start = start
    found.fit(x)
    return shape(n, d, groups, spread) | {
        "covariance": {"full": "full", "diag": "diagonal"}[covariance],
        "start": start.tolist(),
        "log_likelihood": float(found.lower_bound_),
        "iterations": int(found.n_iter_),
        "weights": rounded(found.weights_),
        "means": rounded(found.means_),
        "labels": found.predict(x).tolist(),
        "probabilities": rounded(found.predict_proba(x)[:30]),
    }


def hierarchy(n, d, groups, spread, linkage, level1, level2):
    x = points(n, d, groups, spread).astype(np.float64)
    cut = lambda k: in_order(AgglomerativeClustering(k, linkage=linkage).fit_predict(x))
    return shape(n, d, groups, spread) | {
        "linkage": linkage, "level1": level1, "level2": level2, "coarse": cut(level1), "fine": cut(level2)}


def components(n, d, groups, spread, keep):
    x = points(n, d, groups, spread).astype(np.float64)
    found = PCA(keep, svd_solver="full").fit(x)
    return shape(n, d, groups, spread) | {
        "keep": keep,
        "count": int(found.n_components_),
        "variances": rounded(found.explained_variance_, 8),
        "share": float(found.explained_variance_ratio_.sum()),
        "components": rounded(found.components_[:3]),
        "rows": rounded(found.transform(x)[:4, :3], 5),
    }


def scaling(n, d, groups, spread):
    x = points(n, d, groups, spread).astype(np.float64)
    return shape(n, d, groups, spread) | {
        "min_max": rounded(MinMaxScaler((1, 10)).fit_transform(x)[:5]),
        "standard": rounded(StandardScaler().fit_transform(x)[:5]),
    }


print(json.dumps({
    "made_with": f"make_groups.py, scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "dbscan": [
        dbscan(300, 2, 7, 1.5, 0.1937, 5),
        dbscan(500, 3, 11, 2.5, 0.6313, 8),
        dbscan(400, 100, 5, 4.0, 14.1, 4),
        dbscan(350, 12, 6, 3.0, 3.013, 6),
        dbscan(600, 1, 9, 2.0, 0.00313, 3),
    ],
    "mixture": [
        mixture(240, 4, 5, 3.0, "full"),
        mixture(240, 4, 5, 3.0, "diag"),
        mixture(400, 40, 4, 4.0, "full"),
        mixture(300, 70, 6, 6.0, "diag"),
    ],
    "hierarchy": [
        hierarchy(250, 5, 8, 3.0, "ward", 4, 20),
        hierarchy(250, 5, 8, 3.0, "average", 4, 20),
        hierarchy(180, 60, 6, 5.0, "ward", 6, 12),
        hierarchy(180, 60, 6, 5.0, "average", 6, 12),
    ],
    "components": [
        components(150, 12, 20, 2.0, 0.93),
        components(300, 40, 25, 1.0, 0.93),
        components(10, 30, 10, 1.0, 5),
        components(200, 6, 9, 1.0, 3),
    ],
    "scaling": [scaling(100, 5, 6, 2.0)],
}))
