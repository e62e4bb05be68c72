#!/usr/bin/env python3
"""Measures how many times faster a search by k-means reaches the inertia that scikit-learn reaches.

usage: bench-cluster.py PROGRAM [--runs N] [--theirs N] [--large] [--json FILE]

PROGRAM is the example `search` of rust/cluster, built for release:
    cargo build --release -p segue-cluster --example search
Needs numpy and scikit-learn. Both sides make the same number of runs over one file of 10,000 x 200 points, on two threads, for 20 to 60
clusters in turn, each of at most 100 iterations and with tolerance 1e-4. scikit-learn's are k-means++ starts (`n_init` 1). As they
take long, `--theirs` makes fewer of them; their time is then scaled, and their best is that of fewer.
"As good" means for every number of clusters: the best inertia of our runs is at most their best, and the mean of all our runs is at
most their mean. Besides seconds on the clock there are seconds of the processor, which other work on the machine disturbs less.
`--large` instead groups 100,000 x 200 points into 60, and says in which time and memory.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import numpy as np  # noqa: E402

DIMENSIONS = 200
FEWEST, MOST = 20, 60
THREADS = 2


def mixture(count: int, seed: int, components: int = 150) -> np.ndarray:
    """Gaussians that run into each other, each of its own shape, with a spectrum that decays as that of embeddings does, turned at
    random so that no dimension stands for itself."""
    rng = np.random.default_rng(seed)
    spectrum = (1.0 + np.arange(DIMENSIONS)) ** -0.5
    weights = rng.dirichlet(np.full(components, 2.0))
    centres = rng.standard_normal((components, DIMENSIONS)) * spectrum * 0.8
    stretch = np.exp(rng.standard_normal((components, DIMENSIONS)) * 0.35)
    which = rng.choice(components, count, p=weights)
    points = centres[which] + rng.standard_normal((count, DIMENSIONS)) * spectrum * stretch[which]
    turn, _ = np.linalg.qr(rng.standard_normal((DIMENSIONS, DIMENSIONS)))
    return (points @ turn).astype("<f4")


def ours(program: str, file: str, fewest: int, most: int, runs: int, *more: str) -> dict:
    """A search: its runs, seconds on the clock and of the processor, and bytes of memory at most where the system tells."""
    command = [program, file, str(DIMENSIONS), str(fewest), str(most), str(runs), str(THREADS), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        answer = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{program} failed")
    found = json.loads(answer)
    return found | {"processor_seconds": usage.ru_utime}


def theirs(points: np.ndarray, runs: int) -> dict:
    """The same by scikit-learn."""
    from sklearn.cluster import KMeans

    def processor() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_utime

    KMeans(2, n_init=1).fit(points[:100])
    started, before = time.perf_counter(), processor()
    found = []
    for index in range(runs):
        # Spread, so that a few runs stand for all numbers of clusters.
        k = FEWEST + index * 7 % (MOST + 1 - FEWEST)
        model = KMeans(k, n_init=1, max_iter=100, tol=1e-4, random_state=index).fit(points)
        found.append({"k": k, "inertia": float(model.inertia_), "iterations": int(model.n_iter_)})
    return {"seconds": time.perf_counter() - started, "processor_seconds": processor() - before, "runs": found}


def by_clusters(runs: list[dict]) -> dict[int, list[float]]:
    """Inertias per number of clusters, of runs that were not given up."""
    inertias: dict[int, list[float]] = {}
    for run in runs:
        if run["inertia"] is not None:
            inertias.setdefault(run["k"], []).append(run["inertia"])
    return inertias


def memory(side: dict) -> str:
    return f"peak RSS {side['peak_rss_bytes'] / 1e6:.0f} MB" if side["peak_rss_bytes"] else "peak RSS unknown"


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def compare(mine: dict, other: dict) -> str:
    """Both searches, in Markdown."""
    factor = len(mine["runs"]) / len(other["runs"])
    us, them = by_clusters(mine["runs"]), by_clusters(other["runs"])
    lines = ["| clusters | best, ours | theirs | mean, ours | theirs |", "|---|---|---|---|---|"]
    for k in sorted(them)[::5]:
        lines.append(f"| {k} | {min(us[k]):.0f} | {min(them[k]):.0f} | {mean(us[k]):.0f} | {mean(them[k]):.0f} |")
    best = sum(min(us[k]) <= min(them[k]) for k in them)
    means = sum(mean(us[k]) <= mean(them[k]) for k in them)
    # How soon the best of every number of clusters was as good as their best.
    reached, open_yet = 0, dict.fromkeys(them)
    for reached, run in enumerate(mine["runs"], start=1):
        if run["inertia"] is not None and run["inertia"] <= min(them.get(run["k"], [float("-inf")])):
            open_yet.pop(run["k"], None)
        if not open_yet:
            break
    lines += [
        "",
        f"As good by the best: {best} of {len(them)} numbers of clusters; by the mean: {means}."
        + ("" if open_yet else f" Every best was reached within {reached} runs."),
        "",
        "| | ours | scikit-learn | faster by |",
        "|---|---|---|---|",
    ]
    for name, key in (("seconds", "seconds"), ("seconds of the processor", "processor_seconds")):
        theirs_all = other[key] * factor
        lines.append(f"| {name}, {len(mine['runs'])} runs | {mine[key]:.1f} | {theirs_all:.1f} | {theirs_all / mine[key]:.1f} |")
    scaled = "" if factor == 1 else f" (scaled from {len(other['runs'])})"
    iterations = [mean([run["iterations"] for run in side["runs"]]) for side in (mine, other)]
    lines += [
        "",
        f"scikit-learn made {len(other['runs'])} runs{scaled}. Iterations of a run in the mean: {iterations[0]:.1f} and {iterations[1]:.1f}. "
        f"Ours: {memory(mine)}.",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--theirs", type=int, default=123)
    parser.add_argument("--abandon", action="store_true", help="give runs up that do not look like winning")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        file = str(Path(scratch) / "points.f32")
        points = mixture(100_000 if options.large else 10_000, seed=1)
        points.tofile(file)
        if options.large:
            record = {"ours": ours(options.program, file, MOST, MOST, 1)}
            run = record["ours"]["runs"][0]
            print(
                f"100,000 x {DIMENSIONS} in {MOST}: {record['ours']['seconds']:.1f} s on one thread, {run['iterations']} iterations, "
                f"{memory(record['ours'])}"
            )
        else:
            more = ["abandon"] if options.abandon else []
            record = {"ours": ours(options.program, file, FEWEST, MOST, options.runs, *more)}
            record["theirs"] = theirs(points, options.theirs)
            print(compare(record["ours"], record["theirs"]))
        print(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f}, cores: {os.cpu_count()}")
    if options.json:
        options.json.write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
