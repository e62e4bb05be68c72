#!/usr/bin/env python3
"""Puts the ONNX Runtime library for the platform at hand into a folder and prints its path.

usage: onnxruntime.py FOLDER

It comes out of the `onnxruntime` wheel: its makers' own build, which asks for no recent processor and is to be had for
Linux, Windows and macOS in the same way. pip fetches the wheel and refuses any other bytes than the ones named here;
nothing of Python is needed once the library is out. Every Python has a wheel with the same library in it: that of
Python 3.12 is taken, whichever runs this.
Run again, it does nothing.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import platforms

VERSION = "1.31.1"

# Platform: (pip's platform tag, sha256 of the wheel, sha256 of the library in it).
WHEELS = {
    "linux-x64": (
        "manylinux_2_28_x86_64",
        "1f3dea47f2f0e5117c2404cea7d21fd253ae7836a3bf167a501cdfbb2600d536",
        "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
    ),
    "linux-arm64": (
        "manylinux_2_28_aarch64",
        "0b9a492176886992e0e875f06bc0367e333f5fff11711a2d642e18b02f3009cc",
        "8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467",
    ),
    "win-x64": (
        "win_amd64",
        "ae8a9a351efda685cc59a66226cdefaa37a126c1d66872ca23a2de9425326130",
        "e45f61e50d8650885452be538a00bb14a715e46a1bc3691000ce947e89ed0306",
    ),
    "win-arm64": (
        "win_arm64",
        "fe8b9ac1ae8e894e12c47ee82e4f6dfc1835768133687257866469fda80d0bf1",
        "dc9e2fe646a72829386a24ac9185a7a4e26d7dbe5dc433d41df063603c00bbc7",
    ),
    "osx-arm64": (
        "macosx_14_0_arm64",
        "96dd2564b10ea7153ad9c207e7cd8e5917cb3ba521e0e0a62ac03486fdc8d56c",
        "d586cbe89effc085a09d3341b3cfbd5c322517f9d397aeb20814af21433f2b36",
    ),
}

# The library under the name that `dlopen` is given, and what must go along with it.
TEXTS = ("LICENSE", "ThirdPartyNotices.txt")


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def download(tag: str, digest: str, folder: Path) -> Path:
    """Has pip fetch the wheel, checked against its digest."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"onnxruntime=={VERSION} --hash=sha256:{digest}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--implementation", "cp", "--python-version", "3.12", "--abi", "cp312", "--platform", tag]
    command += ["--require-hashes", "--requirement", str(requirements), "--dest", str(folder)]
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit("pip could not fetch ONNX Runtime. Is python3-pip installed, and the package index within reach?")
    return next(folder.glob("onnxruntime-*.whl"))


def unpack(wheel: Path, library: Path) -> None:
    """Takes library and licence texts out of the wheel. The library comes last and by a rename: it is there whole or not."""
    with zipfile.ZipFile(wheel) as archive:
        for text in TEXTS:
            library.with_name(text).write_bytes(archive.read(f"onnxruntime/{text}"))
        stem = library.name.split(".", maxsplit=1)[0]
        member = next(name for name in archive.namelist() if name.startswith(f"onnxruntime/capi/{stem}."))
        part = library.with_name(library.name + ".part")
        part.write_bytes(archive.read(member))
        part.replace(library)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: onnxruntime.py FOLDER")
    rid = platforms.runtime_identifier()
    if rid not in WHEELS:
        sys.exit(f"There is no ONNX Runtime {VERSION} wheel for {rid}; the pure Rust backend serves there.")
    tag, wheel_digest, library_digest = WHEELS[rid]
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / platforms.library("onnxruntime", rid)
    texts = [folder / text for text in TEXTS]
    if not (library.is_file() and all(text.is_file() for text in texts) and sha256(library) == library_digest):
        with tempfile.TemporaryDirectory() as scratch:
            unpack(download(tag, wheel_digest, Path(scratch)), library)
        if sha256(library) != library_digest:
            library.unlink()
            sys.exit(f"The ONNX Runtime library for {rid} is not the one that is pinned here.")
    print(library.resolve())


if __name__ == "__main__":
    main()
