#!/usr/bin/env bash
# The last line of `build.sh test` is believed: so is the arithmetic behind it, on samples of what the runners print.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"
# shellcheck source=scripts/test.sh
. "$root/scripts/test.sh"
scratch=$(mktemp -d)
exec 3>&2
trap 'if [ $? -ne 0 ] && [ -e "$scratch/out" ]; then cat "$scratch/out" >&3; fi; rm -rf "$scratch"' EXIT
log=$scratch/log

# expect WHAT GOT WANTED
expect() {
  [ "$2" = "$3" ] || die "$1: got '$2', wanted '$3'"
}

# One binary is fine, one has failures, one was killed before it could say anything.
cat >"$log" <<'TEXT'
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
error: test failed, to rerun pass `-p segue-a --lib`
error: test failed, to rerun pass `-p segue-b --lib`
TEXT
ok=0 bad=0
count_cargo_test "$log"
expect "cargo test" "$ok $bad" "15 3"

printf '\033[32;1m     Summary\033[0m [   1.2s] 36 tests run: 34 passed (1 slow), 1 failed, 1 timed out, 2 skipped\n' >"$log"
ok=0 bad=0
count_nextest "$log"
expect "nextest" "$ok $bad" "34 2"

cat >"$log" <<'TEXT'
Passed!  - Failed:     0, Passed:    12, Skipped:     1, Total:    13, Duration: 1 s - X.dll (net10.0)
Failed!  - Failed:     2, Passed:    10, Skipped:     0, Total:    12, Duration: 1 s - X.dll (net9.0)
TEXT
count_dotnet "$log"
expect "dotnet test" "$ok $bad" "22 2"

{
  count "all well" 5 0 0
  expect "all well" "$passed $failed" "5 0"
  count "died after five tests" 5 0 139
  expect "died after five tests" "$passed $failed" "10 1"
  count "said nothing" 0 0 0
  expect "said nothing" "$passed $failed" "10 2"

  fails_in_the_middle() {
    false
    true
  }
  check "a step that fails in the middle" fails_in_the_middle
  expect "a step that fails in the middle" "$passed $failed" "10 3"
} >"$scratch/out" 2>&1
