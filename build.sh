#!/usr/bin/env bash
# Everything a person does with this repository. See usage() below, or run it without arguments.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"
# shellcheck source=scripts/common.sh
. scripts/common.sh
# shellcheck source=scripts/build.sh
. scripts/build.sh
# shellcheck source=scripts/demo.sh
. scripts/demo.sh
# shellcheck source=scripts/test.sh
. scripts/test.sh

usage() {
  cat <<'TEXT'
usage: ./build.sh VERB

  build           the `segue` command and the native library; with a .NET SDK also the bindings and the Jellyfin plugin
  demo [FOLDER]   listens to FOLDER (or to some free music that it fetches), and shows what it heard, neighbours, a mix, playlists
  test            everything that can be checked here; ends in one line `N passed, N failed`
  bench           how many times faster than real time, in how much memory, beside decoding alone
  bench-clusters  how many times faster than scikit-learn tracks are grouped (fetches scikit-learn), and 100,000 of them
  bench-hearing   how long a start, a neighbour search and a mix take, among 100,000 songs and a million
  bindings        writes bindings/ anew from the Rust code
  package         the plugin's zip files for the platform at hand, in dist/

What is fetched (ONNX Runtime, the music) is kept in .cache/. Nothing outside this folder is changed.
TEXT
}

case ${1:-} in
  build) build_all ;;
  demo) demo "${2:-}" ;;
  test) run_tests ;;
  bench) bench ;;
  bench-clusters) bench_clusters ;;
  bench-hearing) bench_hearing ;;
  bindings) write_bindings bindings/Segue.Native/Generated ;;
  package) build_all && package ;;
  -h | --help | help) usage ;;
  *) usage >&2 && exit 2 ;;
esac
