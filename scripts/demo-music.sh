#!/usr/bin/env bash
# Puts 36 pieces of freely licensed music (the soundtracks of four games, Ogg Vorbis, from Debian's packages) into a folder,
# as FOLDER/<package>/<file>.ogg.
#
# usage: demo-music.sh FOLDER
#
# Needs apt-get, dpkg-deb and a way to Debian's packages, but neither root nor an up-to-date package list: where the
# machine's own list does not know a package, a list of our own is fetched beside the music. Run again, it does nothing.
set -euo pipefail

packages=(singularity-music planetblupi-music-ogg lincity-ng-data xmoto-data)
# Sound effects are smaller than this.
smallest=300k

folder=${1:?usage: demo-music.sh FOLDER}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

missing=()
for package in "${packages[@]}"; do
  [ -d "$folder/$package" ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "demo-music.sh: no $tool on this machine" >&2; exit 1; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The machine's package lists, or our own copy of them when they are empty or too old to serve.
own_lists=()
download() {
  (cd "$scratch" && apt-get "${own_lists[@]}" download -q "$1") >>"$scratch/log" 2>&1 && return
  if [ ${#own_lists[@]} -eq 0 ]; then
    mkdir -p "$scratch/lists/partial"
    own_lists=(-o "Dir::State::Lists=$scratch/lists" -o "Dir::Cache=$scratch" -o APT::Sandbox::User=)
    apt-get "${own_lists[@]}" update -q >>"$scratch/log" 2>&1 || true
    (cd "$scratch" && apt-get "${own_lists[@]}" download -q "$1") >>"$scratch/log" 2>&1 && return
  fi
  echo "demo-music.sh: apt-get could not download $1:" >&2
  tail -n 5 "$scratch/log" >&2
  return 1
}

for package in "${missing[@]}"; do
  download "$package"
  dpkg-deb -x "$scratch/$package"_*.deb "$scratch/$package"
  # Renamed only when it is complete, so that a folder that exists can be trusted.
  rm -rf "$folder/$package.part"
  mkdir "$folder/$package.part"
  find "$scratch/$package" -type f -iname '*.ogg' -size "+$smallest" -exec cp -n {} "$folder/$package.part/" \;
  mv "$folder/$package.part" "$folder/$package"
  rm -rf "${scratch:?}/$package" "$scratch/$package"_*.deb
done
