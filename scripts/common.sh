# shellcheck shell=bash
# What the verbs of build.sh share: how to talk, what is at hand, and what is fetched. Sourced with $root set.

cache=$root/.cache
music=$cache/music

# The target folder need not lie in the repository, where models are looked for otherwise.
export SEGUE_MODELS=$root/models

# MSBuild leaves servers behind that outlive the build unless told otherwise.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

heading() { printf '\n== %s\n' "$*"; }
remark() { printf 'build.sh: %s\n' "$*" >&2; }
die() {
  remark "$@"
  exit 1
}

in_ci() { [ "${CI:-}" = true ]; }

need_cargo() {
  command -v cargo >/dev/null || die "cargo is missing. Install Rust (rustup, or your distribution's cargo, $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer) and run this again."
  command -v cc >/dev/null || die "there is no C compiler (SQLite is compiled from source). On Debian or Ubuntu: apt-get install build-essential"
}

# Where cargo builds, whoever said so (CARGO_TARGET_DIR, a config file, or nobody).
target_dir() {
  cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/'
}

# Where a program of the release build lies.
built() { printf '%s/release/%s\n' "$(target_dir)" "$1"; }

# The file name of the native library here.
native_library() {
  case $(uname -s) in
    Darwin) echo libsegue_native.dylib ;;
    *) echo libsegue_native.so ;;
  esac
}

have_dotnet() {
  command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -qE '^[1-9][0-9]+\.'
}

# Whether to do what needs a .NET SDK. Without one it is left out, and said: unless it was promised, then it is a failure.
want_dotnet() {
  have_dotnet && return
  if dotnet_promised; then
    remark "no .NET SDK 10 or newer works here, and it was asked for."
  else
    remark "left out: bindings and plugin. They need a .NET SDK 10 or newer, and there is none."
  fi
  return 1
}
dotnet_promised() {
  [ "${SEGUE_REQUIRE_DOTNET:-}" = 1 ] || { in_ci && command -v dotnet >/dev/null; }
}

# Puts ONNX Runtime into .cache and names it to everything started from here. Where it cannot be had a person is told, and
# continuous integration fails.
fetch_onnxruntime() {
  [ -z "${ORT_DYLIB_PATH:-}" ] || return 0
  local library
  if library=$(python3 scripts/onnxruntime.py "$cache/onnxruntime"); then
    export ORT_DYLIB_PATH=$library
  else
    remark "ONNX Runtime could not be had (see above); the slower pure Rust backend serves instead."
    if in_ci; then return 1; fi
  fi
}

# Puts the demo music into .cache. False, and said, where there is none to be had.
fetch_music() {
  scripts/demo-music.sh "$music" || {
    remark "the demo music could not be had: it comes from Debian's packages."
    return 1
  }
}
