#!/usr/bin/env bash
# Minimises the corpus of each target named (all, if none is) and keeps of it what is to be committed: fuzz/corpus/TARGET/kept-*, the shortest of
# the files that a set cover needs, at most KEEP (60) of at most 2 KiB. Run it after some minutes of fuzzing.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cd fuzz && cargo fuzz list)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=(--sanitizer none)
if [ -n "${FUZZ_TARGET_DIR:-}" ]; then options+=(--target-dir "$FUZZ_TARGET_DIR"); fi
for target in "${targets[@]}"; do
  mkdir -p "$work/$target"
  # shellcheck disable=SC2086 # FUZZ_MORE names further folders.
  cargo fuzz run "${options[@]}" "$target" "$work/$target" "fuzz/corpus/$target" ${FUZZ_MORE:+"$FUZZ_MORE/$target"} -- -set_cover_merge=1 -max_len=2048 2>&1 | tail -n 1
  rm -f "fuzz/corpus/$target"/kept-*
  find "$work/$target" -type f -size -2049c -printf '%s %p\n' | sort -n | head -n "${KEEP:-60}" | while read -r _ file; do
    cp "$file" "fuzz/corpus/$target/kept-$(sha1sum "$file" | head -c 12)"
  done
  echo "$target: $(find "fuzz/corpus/$target" -name 'kept-*' | wc -l) kept, $(cat "fuzz/corpus/$target"/kept-* | wc -c) bytes"
done
