# shellcheck shell=bash
# test. Sourced by build.sh.

passed=0
failed=0
logs=$cache/test

# check TITLE COMMAND...: runs it; a failure is counted and the run goes on, so that one report holds everything.
check() {
  local title=$1 started=$SECONDS status
  shift
  heading "$title"
  # Not as the condition of an `if`: inside one, bash lets a function go on after a command that failed.
  set +e
  (set -e; "$@")
  status=$?
  set -e
  if [ "$status" -eq 0 ]; then
    printf '   (%s: %d s)\n' "$title" $((SECONDS - started))
  else
    failed=$((failed + 1))
    remark "FAILED: $title"
  fi
}

# run_logged LOG COMMAND...: shows and keeps what it prints; its exit status.
run_logged() {
  local log=$1
  shift
  set +e
  "$@" 2>&1 | tee "$log"
  local status=${PIPESTATUS[0]}
  set -e
  return "$status"
}

# count RUNNER PASSED FAILED STATUS: a runner that ended badly without naming a failed test died: that is a failure too.
count() {
  local runner=$1 ok=$2 bad=$3 status=$4
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
    remark "FAILED: $runner ended with status $status without saying which test failed"
    bad=1
  fi
  if [ $((ok + bad)) -eq 0 ]; then
    remark "FAILED: $runner ran no test"
    bad=1
  fi
  passed=$((passed + ok))
  failed=$((failed + bad))
  printf '   (%s: %d passed, %d failed)\n' "$runner" "$ok" "$bad"
}

# Sums the `test result:` lines of cargo test. A test binary that was killed has none, but cargo names it.
count_cargo_test() {
  local log=$1 died
  # grep counts to zero with status 1.
  died=$(($(grep -c '^error: test failed, to rerun pass' "$log" || true) - $(grep -c '^test result: FAILED' "$log" || true)))
  ok=$((ok + $(sum "$log" '^test result:.* ([0-9]+) passed')))
  bad=$((bad + $(sum "$log" '^test result:.* ([0-9]+) failed') + (died > 0 ? died : 0)))
}

# The one summary line of nextest: `36 tests run: 34 passed (1 slow), 1 failed, 1 timed out, 0 skipped`.
count_nextest() {
  local log=$1
  sed -E 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '^ *Summary \[' >"$log.summary" || true
  ok=$((ok + $(sum "$log.summary" ' ([0-9]+) passed')))
  bad=$((bad + $(sum "$log.summary" ' ([0-9]+) failed') + $(sum "$log.summary" ' ([0-9]+) timed out') + $(sum "$log.summary" ' ([0-9]+) exec failed')))
}

# The lines `Passed!  - Failed:     0, Passed:    12, Skipped: …` of dotnet test, one per framework.
count_dotnet() {
  local log=$1
  grep -E '^ *(Passed|Failed)! +- ' "$log" >"$log.summary" || true
  ok=$(sum "$log.summary" ' Passed: +([0-9]+)')
  bad=$(sum "$log.summary" ' Failed: +([0-9]+)')
}

# sum FILE PATTERN: the sum of what the group of an extended regular expression matches, one match per line.
sum() {
  sed -nE "s/.*$2.*/\1/p" "$1" | awk '{ total += $1 } END { print total + 0 }'
}

rust_tests() {
  local status=0 ok=0 bad=0 what=(--locked --workspace --features segue-ffi/bindgen)
  heading "Rust tests"
  if cargo nextest --version >/dev/null 2>&1; then
    run_logged "$logs/nextest.log" cargo nextest run "${what[@]}" --no-fail-fast || status=$?
    count_nextest "$logs/nextest.log"
    run_logged "$logs/cargo.log" cargo test "${what[@]}" --doc --no-fail-fast || status=$?
  else
    run_logged "$logs/cargo.log" cargo test "${what[@]}" --no-fail-fast || status=$?
  fi
  count_cargo_test "$logs/cargo.log"
  count "Rust tests" $ok $bad $status
}

# dotnet_tests PROJECT
dotnet_tests() {
  local status=0 ok=0 bad=0 name
  name=$(basename "$1")
  heading "$name"
  run_logged "$logs/$name.log" dotnet test "$1" -c Release --nologo -tl:off || status=$?
  count_dotnet "$logs/$name.log"
  count "$name" "$ok" "$bad" "$status"
}

run_tests() {
  local started=$SECONDS
  need_cargo
  mkdir -p "$logs"
  fetch_onnxruntime || failed=$((failed + 1))
  if fetch_music; then
    export SEGUE_MUSIC=$music
  else
    remark "left out: the tests that listen to real music. The fixtures are tested all the same."
  fi

  check "Formatting" cargo fmt --all -- --check
  check "Lints" cargo clippy --locked --workspace --all-targets --features segue-ffi/bindgen -- -D warnings
  check "Sums of test runners" bash tests/scripts/sums.sh
  if command -v shellcheck >/dev/null; then check "Shell scripts" shellcheck -x -a -S warning build.sh .ci/run scripts/demo-music.sh tests/scripts/sums.sh; fi
  rust_tests

  check "Release build" build_rust
  if want_dotnet; then
    SegueNativeLibrary=$(built "$(native_library)")
    export SegueNativeLibrary
    dotnet_tests bindings/Segue.Native.Tests
    dotnet_tests plugin/Jellyfin.Plugin.Segue.Tests
    check "Package" package
    dotnet_tests tests/package/Segue.Package.Tests
  elif dotnet_promised; then
    failed=$((failed + 1))
  fi

  remark "all of it took $((SECONDS - started)) s"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}
