# shellcheck shell=bash
# demo, bench, bench-clusters, bench-hearing. Sourced by build.sh.

# Listens to a folder and shows what can be asked of it.
demo() {
  local folder=$1 segue store seed
  build_rust
  segue=$(built segue)
  fetch_onnxruntime

  if [ -z "$folder" ]; then
    heading "Music"
    if fetch_music; then
      folder=$music
    else
      remark "listening to a few synthesised pieces instead."
      folder=$cache/synthesised
      mkdir -p "$cache"
      # It stands alone: rustc does in a second what cargo would build every dependency of the examples for.
      rustc --edition 2024 -O rust/cli/examples/synthesise.rs -o "$cache/synthesise"
      "$cache/synthesise" "$folder"
    fi
  fi
  [ -d "$folder" ] || die "there is no folder $folder"

  # One store per folder, so that the second demo of a folder has nothing left to listen to.
  mkdir -p "$cache/demo"
  store=$cache/demo/$(cd "$folder" && pwd | cksum | cut -d' ' -f1).db

  heading "Listening to $folder"
  "$segue" analyse "$folder" --store "$store"

  heading "What was heard"
  "$segue" tracks --store "$store"

  # The content key of the track in the middle: any would do, and this one is not a title track.
  seed=$("$segue" tracks --store "$store" --json | grep -o '"song_id":"[0-9a-f]*"' | cut -d'"' -f4 | middle_line)
  [ -n "$seed" ] || die "there is no music in $folder"
  heading "Near one of them"
  "$segue" similar --store "$store" "$seed" -k 8

  heading "A mix from there"
  "$segue" mix --store "$store" --seed "$seed" -n 10 --m3u "$cache/demo/mix.m3u"

  heading "Playlists"
  rm -rf "$cache/demo/playlists"
  "$segue" playlists --store "$store" --out "$cache/demo/playlists"

  heading "Done"
  "$segue" stats --store "$store"
  printf 'As m3u files, for any player: %s\n' "$cache/demo"
}

middle_line() { awk '{ line[NR] = $0 } END { if (NR) print line[int((NR + 1) / 2)] }'; }

# How fast, in how much memory; the record goes to docs/bench.
bench() {
  build_rust
  fetch_onnxruntime
  fetch_music || die "there is nothing to measure with."
  heading "Bench"
  python3 scripts/bench.py "$(built segue)" "$music" docs/bench
}

# Grouping beside scikit-learn, on the same points in the same run; then a store of 100,000 made-up songs.
bench_clusters() {
  need_cargo
  local python=$cache/scikit-learn
  [ -x "$python/bin/python" ] || python3 -m venv "$python"
  "$python/bin/python" -m pip install --quiet scikit-learn
  heading "k-means beside scikit-learn"
  cargo build --release --locked -p segue-cluster --example search
  "$python/bin/python" scripts/bench-cluster.py "$(built examples/search)" --theirs 41
  "$python/bin/python" scripts/bench-cluster.py "$(built examples/search)" --large
  heading "100,000 songs"
  cargo build --release --locked -p segue-engine --example large
  "$(built examples/large)" 100000
}

# Searches among 100,000 and a million made-up tracks, and beside a look at all of them as f32; then a store of 100,000 made-up songs.
bench_hearing() {
  need_cargo
  cargo build --release --locked -p segue-space --example search
  cargo build --release --locked -p segue-engine --example hearing
  heading "searches"
  "$(built examples/search)" 100000 exact
  "$(built examples/search)" 1000000
  heading "100,000 songs"
  "$(built examples/hearing)" 100000
  heading "words alone"
  cargo build --release --locked -p segue-search --example speed
  "$(built examples/speed)"
}
