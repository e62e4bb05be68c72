#!/usr/bin/env python3
"""Measures how many times faster than real time a folder is analysed, in how much memory, beside decoding it alone.

usage: bench.py SEGUE FOLDER RECORDS
       bench.py compare BEFORE.json AFTER.json

Prints tables and keeps them as RECORDS/<date>.md, and all figures as RECORDS/<date>-<revision>.json, of which two can be compared.
Each figure is the best of three runs: what disturbs a run makes it slower, never faster. Compare ratios between runs on one machine;
the machine differs too much for the factors themselves.
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
    threads = [] if "--gentle" in arguments else ["--threads", str(THREADS)]
    command = [segue, "analyse", *arguments, *threads, "--json"]
    started = time.perf_counter()
    summary = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)
    return summary | {"wall_seconds": time.perf_counter() - started}


def best(runs: list[dict]) -> dict:
    return min(runs, key=lambda summary: summary["wall_seconds"])


def measure(segue: str, folder: str) -> dict[str, dict]:
    """Decoding alone, a first analysis, a second one that has nothing left to do, and one in gentle mode."""
    decodes, firsts, seconds, gentle = [], [], [], []
    for _ in range(RUNS):
        decodes.append(run(segue, folder, "--decode-only"))
        with tempfile.TemporaryDirectory() as scratch:
            store = str(Path(scratch) / "segue.db")
            firsts.append(run(segue, folder, "--store", store))
            seconds.append(run(segue, folder, "--store", store))
        with tempfile.TemporaryDirectory() as scratch:
            gentle.append(run(segue, folder, "--store", str(Path(scratch) / "segue.db"), "--gentle"))
    if any(summary["decoded"] for summary in seconds):
        sys.exit("A second analysis decoded something: what was measured is not a second analysis.")
    return {
        "decode alone": best(decodes),
        "analyse": best(firsts),
        "analyse again": best(seconds),
        "gentle": best(gentle),
    }


def parts(row: dict) -> str:
    """Where the workers' time goes, in Markdown: per part of the work, its share and how many times faster than real time it
    would be alone, on one core."""
    spent = row["worker_seconds"]
    total = sum(spent.values())
    lines = ["| part | worker seconds | share | x real time, one core |", "|---|---|---|---|"]
    for name, seconds in spent.items():
        lines.append(f"| {name} | {seconds:.2f} | {100 * seconds / total:.1f} % | {row['audio_seconds'] / seconds:.0f} |")
    lines.append(f"| all | {total:.2f} | | {row['audio_seconds'] / total:.0f} |")
    return "\n".join(lines)


def compare(before: dict, after: dict) -> str:
    """Two records, in Markdown: what got faster by which factor."""
    lines = [f"| what | {before['revision']} | {after['revision']} | faster by |", "|---|---|---|---|"]

    def line(name: str, old: float, new: float) -> None:
        lines.append(f"| {name} | {old:.2f} s | {new:.2f} s | {old / new:.2f} |")

    for name, row in after["rows"].items():
        if name in before["rows"]:
            line(name, before["rows"][name]["wall_seconds"], row["wall_seconds"])
    old, new = (record["rows"]["analyse"]["worker_seconds"] for record in (before, after))
    for name, seconds in new.items():
        if name in old:
            line(f"- {name}", old[name], seconds)
    for record in (before, after):
        lines.append(f"\n{record['revision']}: {record['machine']}, load {record['load']}")
    return "\n".join(lines)


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
        sys.exit("usage: bench.py SEGUE FOLDER RECORDS, or bench.py compare BEFORE.json AFTER.json")
    if sys.argv[1] == "compare":
        before, after = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[2:])
        print(compare(before, after))
        return
    segue, folder, records = sys.argv[1:]
    rows = measure(segue, folder)
    heard = rows["analyse"]
    revision = subprocess.run(
        ["git", "describe", "--always", "--dirty"], check=False, capture_output=True, encoding="utf-8"
    ).stdout.strip()
    today = datetime.date.today().isoformat()
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    machine = f"{processor()} ({os.cpu_count()} cores)"
    per_track = sum(heard["worker_seconds"].values()) / heard["analysed"]
    text = f"""# {today}, {revision}

{heard["analysed"]} tracks, {heard["audio_seconds"] / 3600:.2f} h of music; {THREADS} threads on {machine}; \
networks on {heard["backend"]}; best of {RUNS}. Load of the machine at the end: {load}.

{table(rows)}

`analyse`, by part of the work ({per_track:.2f} s of one core per track, of {heard["audio_seconds"] / heard["analysed"] / 60:.1f} minutes in the mean):

{parts(heard)}
"""
    print(text)
    folder_of_records = Path(records)
    folder_of_records.mkdir(parents=True, exist_ok=True)
    (folder_of_records / f"{today}.md").write_text(text, encoding="utf-8")
    record = {"date": today, "revision": revision, "machine": machine, "load": load, "rows": rows}
    (folder_of_records / f"{today}-{revision}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
