#!/usr/bin/env bash
# Installs other people's readers into FOLDER, for the slow tests here:
#   tests/clients/install.sh FOLDER && CLIENTS=FOLDER pytest -m slow tests/clients
# The versions are not the project's (no PIP_CONSTRAINT). What pip cannot give comes from Debian where the machine lacks it:
# node with npm, R with readr, and what CKAN's database client is compiled with.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: tests/clients/install.sh FOLDER"; exit 2; }
mkdir -p "$1" && folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/environments"
unset PIP_CONSTRAINT
export PIP_DISABLE_PIP_VERSION_CHECK=1 DEBIAN_FRONTEND=noninteractive

install_system() {
  local wanted=()
  Rscript -e 'library(readr)' || wanted+=(r-base-core r-cran-readr)
  npm --version || wanted+=(nodejs npm)
  pg_config --version && gcc --version || wanted+=(gcc libpq-dev python3-dev)
  [ ${#wanted[@]} -eq 0 ] || (apt-get update && apt-get install -y --no-install-recommends "${wanted[@]}")
}

# The checker asks for Python 3.12 for the sake of one keyword; without it, it runs on 3.11 as it does there.
install_python() {
  python3 -m venv "$folder/python" &&
    "$folder/python/bin/pip" install -r python.txt &&
    "$folder/python/bin/pip" install --no-deps --ignore-requires-python check-datapackage==0.30.0 &&
    sed -i 's/^type JsonPath = /JsonPath = /' "$folder"/python/lib/python3*/site-packages/check_datapackage/internals.py
}

install_ckan() {
  python3 -m venv "$folder/ckan" && "$folder/ckan/bin/pip" install -r ckan.txt
}

install_npm() {
  mkdir -p "$folder/npm" && cp package.json package-lock.json "$folder/npm/" &&
    npm ci --no-audit --no-fund --prefix "$folder/npm"
}

# Each into its own log, which is shown when it fails.
install_one() {
  "install_$1" >"$folder/$1.log" 2>&1 || { tail -n 20 "$folder/$1.log"; echo "$1: not installed"; return 1; }
}

install_one system
pids=()
for name in python ckan npm; do
  install_one "$name" &
  pids+=($!)
done
failed=0
for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
exit "$failed"
