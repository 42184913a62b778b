# Each target first installs into .venv what it needs, and nothing when nothing has changed.
# The Python that .venv was made with stays in use until another one is named: PYTHON=python3.12
PYTHON ?= $(shell test -x .venv/bin/python && echo .venv/bin/python || echo python3)

# The build of torch: cpu, cuda, or auto, which looks for nvidia-smi.
TORCH ?= auto

PIP = .venv/bin/python -m pip --quiet --disable-pip-version-check
VSIX = client-vscode/foretrace.vsix
NPM = PATH="$(CURDIR)/.venv/bin:$$PATH" npm --no-audit --no-fund --silent

.PHONY: install demo test vscode e2e check figures clean
# Two targets at once would install into .venv at once.
.NOTPARALLEL:

install:
	@$(PYTHON) scripts/bootstrap.py base dev model --torch $(TORCH)

demo:
	@$(PYTHON) scripts/bootstrap.py base
	.venv/bin/foretrace demo

test:
	@$(PYTHON) scripts/bootstrap.py dev
	.venv/bin/python -m pytest -n auto --dist loadfile -m "not figures and not e2e"

# The extension carries Foretrace's wheel, and pip's for the Pythons that come without.
vscode:
	@$(PYTHON) scripts/bootstrap.py vscode
	rm -rf client-vscode/wheels
	$(PIP) wheel --no-deps --wheel-dir client-vscode/wheels .
	$(PIP) download --no-deps --dest client-vscode/wheels --requirement client-vscode/pip.txt
	cd client-vscode && $(NPM) ci && $(NPM) run check && $(NPM) test && $(NPM) run package

e2e: $(VSIX)
	@$(PYTHON) scripts/bootstrap.py dev vscode e2e
	tests/e2e/install.sh
	.venv/bin/python -m pytest -n 2 --dist loadfile -m e2e tests/e2e

$(VSIX): pyproject.toml $(wildcard $(shell git ls-files client-vscode server models telemetry))
	@$(MAKE) vscode

check:
	@$(PYTHON) scripts/bootstrap.py dev
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

figures:
	@test -n "$(DATA)" || { echo "usage: make figures DATA=<folder with the recordings>"; exit 2; }
	@$(PYTHON) scripts/bootstrap.py dev
	FORETRACE_TEST_DATA="$(DATA)" .venv/bin/python -m pytest -m figures -s tests/figures

clean:
	rm -rf .venv .e2e client-vscode/node_modules client-vscode/out client-vscode/wheels $(VSIX) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -prune -exec rm -rf {} +
