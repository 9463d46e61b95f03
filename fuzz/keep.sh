#!/usr/bin/env bash
# Minimises the corpus of each target named (all, if none is) and keeps of it what is to be committed: fuzz/corpus/TARGET/kept-*, the shortest of
# the files that a set cover needs, at most KEEP (60) of at most 2 KiB. Run it after some minutes of fuzzing. FUZZ_MORE is a folder of further corpora,
# FUZZ_TARGET_DIR where to build.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cd fuzz && cargo fuzz list)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=(--sanitizer none)
if [ -n "${FUZZ_TARGET_DIR:-}" ]; then options+=(--target-dir "$FUZZ_TARGET_DIR"); fi
for target in "${targets[@]}"; do
  mkdir -p "$work/$target/short" "$work/$target/cover"
  find "fuzz/corpus/$target" ${FUZZ_MORE:+"$FUZZ_MORE/$target"} -type f -size -2049c -print0 | xargs -0 cp -t "$work/$target/short"
  cargo fuzz run "${options[@]}" "$target" "$work/$target/cover" "$work/$target/short" -- -set_cover_merge=1 -max_len=2048 2>&1 | tail -n 1
  rm -f "fuzz/corpus/$target"/kept-*
  find "$work/$target/cover" -type f -printf '%s %p\n' | sort -n | head -n "${KEEP:-60}" | while read -r _ file; do
    cp "$file" "fuzz/corpus/$target/kept-$(sha1sum "$file" | head -c 12)"
  done
  echo "$target: $(find "fuzz/corpus/$target" -name 'kept-*' | wc -l) kept, $(cat "fuzz/corpus/$target"/kept-* | wc -c) bytes"
done
