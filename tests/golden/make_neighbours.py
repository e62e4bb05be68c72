#!/usr/bin/env python3
"""Writes space_neighbours.json: precision, hubs and skewness of nearest neighbours by numpy and scipy, of points given by a
formula.

Needs numpy and scipy (made with 2.4.6 and 1.17.1):
    python3 tests/golden/make_neighbours.py > tests/golden/space_neighbours.json
The test draws the same points by the same formula.
"""

import json

import numpy as np
from scipy.stats import skew

CASES = [(60, 3, 6, 10), (200, 5, 23, 7), (40, 2, 15, 9), (9, 2, 2, 100)]


def points(count, dimensions, groups):
    i, j = np.meshgrid(np.arange(count), np.arange(dimensions), indexing="ij")
    noise = ((i * 7919 + j * 104_729 + i * j * 31) % 1009) / 1009
    return 1.5 * noise + (i % groups * (j + 3)) % 7


def case(count, dimensions, groups, unknown):
    """Every `unknown`-th track belongs to no known group."""
    x = points(count, dimensions, groups)
    group = np.where(np.arange(count) % unknown == unknown - 1, -1, np.arange(count) % groups)
    squared = ((x[:, None] - x[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    nearest = np.argsort(squared, axis=1, kind="stable")[:, :10][:, : count - 1]
    own = group[nearest] == group[:, None]
    fellows = np.array([(group == g).sum() - 1 for g in group])
    asked = (group >= 0) & (fellows > 0)
    appearances = np.bincount(nearest[:, :5].ravel(), minlength=count)
    return {
        "tracks": count,
        "dimensions": dimensions,
        "groups": groups,
        "unknown": unknown,
        "asked": int(asked.sum()),
        "precision_at_5": (own[asked, :5].sum(axis=1) / 5).mean(),
        "precision_at_10": (own[asked].sum(axis=1) / 10).mean(),
        "reachable_at_5": (np.minimum(fellows[asked], 5) / 5).mean(),
        "reachable_at_10": (np.minimum(fellows[asked], 10) / 10).mean(),
        "largest_hub": int(appearances.max()),
        "skewness": float(skew(appearances)),
    }


if __name__ == "__main__":
    print(json.dumps({"cases": [case(*numbers) for numbers in CASES]}, indent=1))
