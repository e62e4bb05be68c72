"""The platform at hand, in the words of the .NET host (`linux-x64`): they name the folders of the plugin's package."""

import platform
import sys
from pathlib import Path

OPERATING_SYSTEMS = {"linux": "linux", "darwin": "osx", "win32": "win"}
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def runtime_identifier() -> str:
    """Such as `linux-x64`, `linux-musl-arm64`, `win-x64`. Ends the program on a platform that Segue has no name for."""
    system = OPERATING_SYSTEMS.get(sys.platform)
    machine = MACHINES.get(platform.machine().lower())
    if system is None or machine is None:
        sys.exit(f"Segue is not packaged for {sys.platform} on {platform.machine()}.")
    if system == "linux" and any(Path("/lib").glob("ld-musl-*.so.1")) and not platform.libc_ver()[0]:
        system = "linux-musl"
    return f"{system}-{machine}"


def library(name: str, rid: str) -> str:
    """The file name of a shared library as compilers and `dlopen` know it."""
    if rid.startswith("win-"):
        return f"{name}.dll"
    return f"lib{name}.dylib" if rid.startswith("osx-") else f"lib{name}.so"
