"""What tests share: a data folder of their own, consent, and real data where there is some."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import settings

from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from foretrace_telemetry.machine_policy import PATH

# How long an example takes says nothing: the machine may be busy.
settings.register_profile("foretrace", deadline=None)
settings.load_profile("foretrace")

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def pytest_sessionstart() -> None:
    """Refuse to begin where a policy of this machine forbids what tests try."""
    if PATH.exists():
        pytest.exit(f"{PATH} limits Foretrace here: run the tests on a machine without one", 2)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data folder that does not exist yet."""
    return Home(tmp_path / "home")


@pytest.fixture
def consented(home: Home) -> Home:
    """A data folder in which everything about local recording is allowed."""
    grant(home, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    return home


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder with real data; tests that need it are skipped without."""
    folder = os.environ.get("FORETRACE_TEST_DATA")
    if not folder:
        pytest.skip("FORETRACE_TEST_DATA does not name a folder with real data")
    return Path(folder)


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Give torch one thread in processes: a network so small is not worth those that would wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield
