#!/usr/bin/env python3
"""Makes the plugin's zip files for the platform at hand, one per line of Jellyfin, and a catalogue that lists them.

usage: package.py --version X.Y.Z --native LIBRARY --onnxruntime LIBRARY --plugins FOLDER --out FOLDER

  --native       the native library, as cargo built it
  --onnxruntime  the ONNX Runtime library with its licence texts beside it; empty: leave it out
  --plugins      a folder with one folder of assemblies per target framework (net10.0, net9.0)
  --out          gets segue_<version>.zip for each line, manifest.json, and symbols/ with what debuggers want

The same inputs give the same bytes. The catalogue lists the zip files under the address in SEGUE_RELEASE_URL.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import licences
import platforms

ROOT = Path(__file__).resolve().parent.parent

# A server takes a plugin whose `targetAbi` it has reached, and of several the highest version: so the fourth part of the
# version tells the lines apart, and the newer line has the higher one.
LINES = {"net10.0": ("12", "12.0.0.0"), "net9.0": ("11", "10.11.0.0")}

# Every managed assembly that the server is to load, and nothing else: it would take a native library for a plugin.
ASSEMBLIES = ["Jellyfin.Plugin.Segue.dll", "Segue.Native.dll"]

# The glibc that the ONNX Runtime wheels ask for.
ONNXRUNTIME_GLIBC = (2, 28)

# A name that never resolves (RFC 2606): an honest sign that nobody has put the files anywhere yet.
NOWHERE = "https://example.invalid"


def build_time() -> datetime.datetime:
    """The time of what is built, not of building: SOURCE_DATE_EPOCH, or the last commit."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None and shutil.which("git"):
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        epoch = subprocess.run(command, check=False, capture_output=True, encoding="utf-8").stdout.strip()
    # Zip knows no time before 1980.
    earliest = 315_532_800
    return datetime.datetime.fromtimestamp(max(int(epoch or 0), earliest), datetime.timezone.utc)


def bare(library: Path, out: Path, symbols: Path) -> None:
    """Copies a library without its symbols, and puts those where a debugger finds them again."""
    out.parent.mkdir(parents=True, exist_ok=True)
    symbols.mkdir(parents=True, exist_ok=True)
    if sys.platform == "linux":
        debug = symbols / f"{library.name}.debug"
        subprocess.run(["objcopy", "--only-keep-debug", library, debug], check=True)
        link = f"--add-gnu-debuglink={debug}"
        subprocess.run(["objcopy", "--strip-unneeded", link, library, out], check=True)
    elif sys.platform == "darwin":
        subprocess.run(["strip", "-x", "-o", out, library], check=True)
    else:
        shutil.copyfile(library, out)
    # What cargo itself keeps apart: DWARF packages, dSYM bundles, program databases.
    for name in (f"{library.name}.dwp", f"{library.name}.dSYM", f"{library.stem}.pdb"):
        beside = library.with_name(name)
        if beside.is_dir():
            shutil.copytree(beside, symbols / name, dirs_exist_ok=True)
        elif beside.is_file():
            shutil.copyfile(beside, symbols / name)


def shipped_name(library: Path, rid: str) -> str:
    """On Windows not `.dll`: were meta.json ever lost, the server would load every `.dll` as an assembly and give up."""
    return f"{library.stem}.bin" if rid.startswith("win-") else library.name


def stage(folder: Path, framework: str, options: argparse.Namespace, meta: dict, symbols: Path) -> None:
    """Lays out one line's plugin folder as the server will see it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for assembly in ASSEMBLIES:
        shutil.copyfile(options.plugins / framework / assembly, folder / assembly)
        (symbols / framework).mkdir(parents=True, exist_ok=True)
        program_database = Path(assembly).with_suffix(".pdb").name
        shutil.copyfile(options.plugins / framework / program_database, symbols / framework / program_database)
    (folder / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")
    shutil.copyfile(ROOT / "docs/images/logo.png", folder / meta["imagePath"])
    shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")

    rid = platforms.runtime_identifier()
    native = folder / "runtimes" / rid / "native"
    bare(options.native, native / shipped_name(options.native, rid), symbols / rid)
    texts = folder / "licences"
    texts.mkdir()
    licences.write(licences.linked(licences.metadata()), texts / "rust-crates.txt")
    if options.onnxruntime:
        shutil.copyfile(options.onnxruntime, native / shipped_name(options.onnxruntime, rid))
        for text in ("LICENSE", "ThirdPartyNotices.txt"):
            shutil.copyfile(options.onnxruntime.with_name(text), texts / f"onnxruntime-{text}")

    models = folder / "models"
    models.mkdir()
    for pattern in ("models.toml", "ATTRIBUTION.md", "*.onnx"):
        for file in sorted((ROOT / "models").glob(pattern)):
            shutil.copyfile(file, models / file.name)


def pack(folder: Path, archive: Path, time: datetime.datetime) -> str:
    """Zips a folder: sorted, with one time for all. Returns the MD5 that the catalogue has to state."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), time.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            out.writestr(entry, file.read_bytes())
    return hashlib.md5(archive.read_bytes(), usedforsecurity=False).hexdigest()


def tell_glibc(library: Path) -> None:
    """Says how old a Linux may be to load the library: the newest version of glibc that it names."""
    if sys.platform != "linux":
        return
    names = subprocess.run(["objdump", "-T", library], check=True, capture_output=True, encoding="utf-8").stdout
    versions = {tuple(numbers(found)) for found in re.findall(r"GLIBC_([0-9.]+)", names)}
    if versions:
        newest = max(versions)
        print(f"{library.name} asks for glibc {'.'.join(map(str, newest))} or newer.")
        if newest > ONNXRUNTIME_GLIBC:
            print("ONNX Runtime is content with an older one: for a release, build on an older Linux.")


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True)
    parser.add_argument("--native", required=True, type=Path)
    parser.add_argument("--onnxruntime", type=lambda text: Path(text) if text else None)
    parser.add_argument("--plugins", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    options = parser.parse_args()

    catalogue = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    plugin = catalogue[0]
    time = build_time()
    timestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ")
    address = os.environ.get("SEGUE_RELEASE_URL", NOWHERE).rstrip("/")
    symbols = options.out / "symbols"
    shutil.rmtree(symbols, ignore_errors=True)
    for old in options.out.glob("segue_*.zip"):
        old.unlink()
    fresh = []
    for framework, (line, abi) in LINES.items():
        version = f"{options.version}.{line}"
        entry = {"version": version, "changelog": "", "targetAbi": abi}
        meta = {key: plugin[key] for key in ("guid", "name", "description", "overview", "owner", "category")}
        meta |= entry | {"timestamp": timestamp, "status": "Active", "autoUpdate": True}
        meta |= {"imagePath": "logo.png", "assemblies": ASSEMBLIES}
        folder = options.out / "stage" / version
        stage(folder, framework, options, meta, symbols)
        archive = options.out / f"segue_{version}.zip"
        checksum = pack(folder, archive, time)
        fresh.append(entry | {"sourceUrl": f"{address}/{archive.name}", "checksum": checksum, "timestamp": timestamp})
        print(f"{archive}: {archive.stat().st_size / 1e6:.1f} MB, MD5 {checksum}")

    tell_glibc(options.native)

    # The server expects the versions in descending order.
    kept = [old for old in plugin["versions"] if old["version"] not in {new["version"] for new in fresh}]
    plugin["versions"] = sorted(fresh + kept, key=lambda entry: numbers(entry["version"]), reverse=True)
    (options.out / "manifest.json").write_text(json.dumps(catalogue, indent=2) + "\n", encoding="utf-8")
    if address == NOWHERE:
        print("The addresses in manifest.json lead nowhere: SEGUE_RELEASE_URL says where the zip files will lie.")


if __name__ == "__main__":
    main()
