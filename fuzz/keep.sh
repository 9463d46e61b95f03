#!/usr/bin/env bash
# Minimises the corpus of each target named (all, if none is) and keeps of it what is to be committed: fuzz/corpus/TARGET/kept-*, of the files of at most
# 2 KiB that a set cover needs KEEP (60), short ones and long ones. Run it after some minutes of fuzzing. FUZZ_MORE is a folder of further corpora,
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
  for folder in "fuzz/corpus/$target" ${FUZZ_MORE:+"$FUZZ_MORE/$target"}; do
    find "$folder" -type f -size -2049c -print0 | xargs -0 -r cp -t "$work/$target/short"
  done
  cargo fuzz run "${options[@]}" "$target" "$work/$target/cover" "$work/$target/short" -- -set_cover_merge=1 -max_len=2048 2>&1 | tail -n 1
  rm -f "fuzz/corpus/$target"/kept-*
  find "$work/$target/cover" -type f -printf '%s %p\n' | sort -n >"$work/list"
  # Every n-th by length: the shortest alone would be trifles.
  awk -v keep="${KEEP:-60}" -v all="$(wc -l <"$work/list")" 'int(NR * keep / all) > int((NR - 1) * keep / all) || all <= keep { print $2 }' "$work/list" |
    while read -r file; do
      cp "$file" "fuzz/corpus/$target/kept-$(sha1sum "$file" | head -c 12)"
    done
  echo "$target: $(find "fuzz/corpus/$target" -name 'kept-*' | wc -l) kept, $(cat "fuzz/corpus/$target"/kept-* | wc -c) bytes"
done
