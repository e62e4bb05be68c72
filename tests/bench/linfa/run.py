#!/usr/bin/env python3
"""The same points through segue-cluster, linfa and scikit-learn, each in a process of its own on one thread.

Needs numpy, scikit-learn and cargo:
    python3 tests/bench/linfa/run.py                  10,000 x 200, all three
    python3 tests/bench/linfa/run.py --large          100,000 x 200, ours
    python3 tests/bench/linfa/run.py --only dbscan    one algorithm
Prints a table in Markdown: seconds of processor time (Linux), peak memory, and what came of it.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
GROUPS, COMPONENTS, MIN_SAMPLES = 40, 50, 10
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")}


def points(rows, dimensions):
    """Eighty groups of different size and width whose variance falls off over the dimensions, as embeddings have it; a tenth of the
    points lies anywhere between. Standardised."""
    import numpy as np

    rng = np.random.default_rng(1)
    strength = 1 / np.sqrt(np.arange(1, dimensions + 1))
    turn = np.linalg.qr(rng.normal(size=(dimensions, dimensions)))[0]
    shares = rng.dirichlet(np.full(80, 2.0))
    centres = 1.2 * rng.normal(size=(80, dimensions))
    widths = rng.uniform(0.25, 0.9, size=80)
    group = rng.choice(80, size=rows, p=shares)
    x = centres[group] + widths[group, None] * rng.normal(size=(rows, dimensions))
    loose = rng.random(rows) < 0.1
    x[loose] = 1.3 * rng.normal(size=(int(loose.sum()), dimensions))
    x = (x * strength) @ turn
    return ((x - x.mean(0)) / x.std(0)).astype(np.float32)


def median_distance(x):
    import numpy as np

    a, b = np.random.default_rng(1).integers(len(x), size=(2, 20000))
    return float(np.median(np.linalg.norm(x[a] - x[b], axis=1)))


def scikit_learn(algorithm, file, rows, dimensions):
    import resource

    import numpy as np
    from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
    from sklearn.decomposition import PCA
    from sklearn.mixture import GaussianMixture

    x = np.fromfile(file, dtype="<f4").reshape(rows, dimensions)
    name, _, setting = algorithm.partition("@")
    began = time.process_time()
    if name == "kmeans":
        figure = f"inertia {KMeans(GROUPS, n_init=1, max_iter=100, tol=1e-4, random_state=1).fit(x).inertia_:.6e}"
    elif name == "dbscan":
        labels = DBSCAN(eps=float(setting), min_samples=MIN_SAMPLES).fit_predict(x)
        figure = f"groups {labels.max() + 1} noise {(labels < 0).sum()}"
    elif name in ("gmm", "gmm-diagonal"):
        shape = "full" if name == "gmm" else "diag"
        found = GaussianMixture(COMPONENTS, covariance_type=shape, max_iter=100, random_state=1).fit(x)
        figure = f"likelihood {found.lower_bound_:.3f} rounds {found.n_iter_}"
    elif name == "pca":
        found = PCA(0.93, svd_solver="full").fit(x)
        figure = f"components {found.transform(x).shape[1]} first {found.explained_variance_[0]:.4f}"
    else:
        found = AgglomerativeClustering(GROUPS, linkage=name).fit(x)
        figure = f"groups {found.n_clusters_}"
    seconds = time.process_time() - began
    print(f"{seconds:.2f} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} {figure}")


def measure(command, limit):
    began = time.perf_counter()
    try:
        done = subprocess.run(command, env=os.environ | ONE_THREAD, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"more than {limit} s", "", ""
    if done.returncode:
        return f"failed after {time.perf_counter() - began:.0f} s", "", done.stderr.strip().splitlines()[-1][:100] if done.stderr.strip() else f"status {done.returncode}"
    seconds, memory, figure = done.stdout.strip().split(" ", 2)
    return f"{seconds} s", f"{memory} MB", figure


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--sides", default="", help="some of ours, linfa, scikit-learn")
    parser.add_argument("--limit", type=int, default=900, help="seconds after which a side is given up")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        algorithm, file, rows, dimensions = options.child
        return scikit_learn(algorithm, file, int(rows), int(dimensions))
    subprocess.run(["cargo", "build", "--release"], cwd=HERE, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target"))
    binary = target / "release" / "linfa-bench"
    rows, dimensions = (100_000 if options.large else 10_000), 200
    sides = ["ours"] if options.large else ["ours", "linfa", "scikit-learn"]
    sides = options.sides.split(",") if options.sides else sides
    wanted = options.only.split(",") if options.only else [
        "kmeans", "dbscan@0.3", "dbscan@0.5", "dbscan@0.7", "gmm", "gmm-diagonal", "ward", "average", "pca"]
    print("| algorithm | side | time | memory | result |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "points"
        x = points(rows, dimensions)
        x.tofile(file)
        median = median_distance(x)
        for algorithm in wanted:
            components = "0"
            for side in sides:
                # eps is given in units of the median distance of two points.
                plain, _, share = algorithm.partition("@")
                name = f"dbscan@{float(share) * median:.6g}" if plain == "dbscan" else plain
                if (side, plain) == ("linfa", "pca"):
                    name = f"pca@{components}"
                if side == "linfa" and algorithm in ("gmm-diagonal", "ward", "average"):
                    continue
                command = [str(binary), side, name, str(file), str(rows), str(dimensions)]
                if side == "scikit-learn":
                    command = [sys.executable, __file__, "--child", name, str(file), str(rows), str(dimensions)]
                result = measure(command, options.limit)
                if (side, algorithm) == ("ours", "pca") and result[2]:
                    components = result[2].split()[1]
                print(f"| {algorithm} | {side} | " + " | ".join(result) + " |", flush=True)


if __name__ == "__main__":
    main()
