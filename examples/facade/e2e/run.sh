#!/usr/bin/env bash
# The live test: Orthanc with an empty store, the facade over it, and FHIR clients, in a network of their own.
# `run.sh [WORD...]`: only the parts whose names hold one of the words.
# FACADE=PATH takes that program instead of building it. Exit status: whether all checks passed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
export ROOT

# What a machine lacks for the test is no failure of the facade; but where it counts it is one.
give_up() {
  echo "################################################################################"
  echo "## THE LIVE END-TO-END TEST DID NOT RUN: $*"
  echo "################################################################################"
  if [ -n "${CI:-}" ]; then
    exit 1
  fi
  exit 0
}

install() {
  local wanted=() as_root=() tool
  command -v Orthanc >/dev/null || [ -x /usr/sbin/Orthanc ] || wanted+=(orthanc)
  [ -e /usr/share/orthanc/plugins/libOrthancDicomWeb.so ] || wanted+=(orthanc-dicomweb)
  command -v ip >/dev/null || [ -x /sbin/ip ] || wanted+=(iproute2)
  command -v unshare >/dev/null || wanted+=(util-linux)
  if [ ${#wanted[@]} -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
    command -v apt-get >/dev/null || give_up "no apt-get to install ${wanted[*]} with"
    echo "installing ${wanted[*]}"
    # A list that is old serves too.
    "${as_root[@]}" apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null ||
      give_up "apt-get install ${wanted[*]} failed"
  fi
  for tool in pydicom requests fhirpy fhirclient; do
    python3 -c "import $tool" 2>/dev/null || pip install --quiet "$tool" 2>/dev/null ||
      pip install --quiet --break-system-packages "$tool" || give_up "pip install $tool failed"
  done
}

inside() {
  ip link set lo up
  # Nobody is asked for anything but on this loopback.
  unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
  cd "$here"
  PYTHONDONTWRITEBYTECODE=1 exec python3 driver.py "$E2E_FOLDER" "$@"
}

export PATH="$PATH:/usr/sbin:/sbin"
if [ -n "${E2E_FOLDER:-}" ]; then
  inside "$@"
fi

command -v python3 >/dev/null || give_up "no python3"
install
# With processes of their own too: whatever becomes of this script, none is left behind.
alone=(unshare --net --pid --fork --kill-child)
if ! "${alone[@]}" true 2>/dev/null; then
  alone=(unshare --user --map-root-user --net --pid --fork --kill-child)
  "${alone[@]}" true 2>/dev/null || give_up "no network namespaces (unshare --net)"
fi
if [ -z "${FACADE:-}" ]; then
  (cd "$ROOT" && CARGO_TARGET_DIR=$ROOT/target/facade cargo build --quiet --locked --manifest-path examples/facade/Cargo.toml)
  FACADE=$ROOT/target/facade/debug/fhir-dicomweb-facade
fi
export FACADE

child=
E2E_FOLDER=$(mktemp -d)
export E2E_FOLDER
clean_up() {
  # unshare heeds no other signal; with it go all processes that it began.
  [ -z "$child" ] || kill -KILL "$child" 2>/dev/null || true
  rm -rf "$E2E_FOLDER"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"${alone[@]}" bash "${BASH_SOURCE[0]}" "$@" &
child=$!
wait "$child"
