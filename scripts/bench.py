#!/usr/bin/env python3
"""Measures how many times faster than real time a folder is analysed, in how much memory, beside decoding it alone.

usage: bench.py SEGUE FOLDER RECORDS

Prints a table and keeps it as RECORDS/<date>.md. Each figure is the best of three runs: what disturbs a run makes it slower,
never faster. Compare ratios between runs on one machine; the machine differs too much for the factors themselves.
"""

import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

THREADS = 2
RUNS = 3


def run(segue: str, *arguments: str) -> dict:
    """One run of `segue analyse`: its summary, with the seconds that a person waits, start and walk of folders included."""
    command = [segue, "analyse", *arguments, "--threads", str(THREADS), "--json"]
    started = time.perf_counter()
    summary = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)
    return summary | {"wall_seconds": time.perf_counter() - started}


def best(runs: list[dict]) -> dict:
    return min(runs, key=lambda summary: summary["wall_seconds"])


def measure(segue: str, folder: str) -> dict[str, dict]:
    """Decoding alone, a first analysis, and a second one that has nothing left to do."""
    decodes, firsts, seconds = [], [], []
    for _ in range(RUNS):
        decodes.append(run(segue, folder, "--decode-only"))
        with tempfile.TemporaryDirectory() as scratch:
            store = str(Path(scratch) / "segue.db")
            firsts.append(run(segue, folder, "--store", store))
            seconds.append(run(segue, folder, "--store", store))
    if any(summary["decoded"] for summary in seconds):
        sys.exit("A second analysis decoded something: what was measured is not a second analysis.")
    return {"decode alone": best(decodes), "analyse": best(firsts), "analyse again": best(seconds)}


def processor() -> str:
    """What the machine calls its processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", maxsplit=1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def table(rows: dict[str, dict]) -> str:
    """The figures in Markdown."""
    decode = rows["decode alone"]["wall_seconds"]
    lines = ["| what | seconds | x real time | of decoding | peak RSS |", "|---|---|---|---|---|"]
    for name, row in rows.items():
        wall = row["wall_seconds"]
        # Nothing was heard the second time, so there is no factor to state.
        factor = f"{row['audio_seconds'] / wall:.0f}" if row["audio_seconds"] and wall else "-"
        memory = f"{row['peak_rss_bytes'] / 1e6:.0f} MB" if row["peak_rss_bytes"] else "-"
        lines.append(f"| {name} | {wall:.2f} | {factor} | {wall / decode:.2f} | {memory} |")
    return "\n".join(lines)


def main() -> None:
    if len(sys.argv) != 4:
        sys.exit("usage: bench.py SEGUE FOLDER RECORDS")
    segue, folder, records = sys.argv[1:]
    rows = measure(segue, folder)
    heard = rows["analyse"]
    revision = subprocess.run(
        ["git", "describe", "--always", "--dirty"], check=False, capture_output=True, encoding="utf-8"
    ).stdout.strip()
    today = datetime.date.today().isoformat()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    text = f"""# {today}, {revision}

{heard["analysed"]} tracks, {heard["audio_seconds"] / 3600:.2f} h of music; {THREADS} threads on {processor()} ({os.cpu_count()} cores); \
networks on {heard["backend"]}; best of {RUNS}. Load of the machine at the end: {load}.

{table(rows)}
"""
    print(text)
    Path(records).mkdir(parents=True, exist_ok=True)
    (Path(records) / f"{today}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
