"""Watching the files of open documents, on a real disk."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from foretrace_telemetry.watch import FileWatch


@pytest.fixture
def told() -> queue.Queue[tuple[Path, str]]:
    return queue.Queue()


@pytest.fixture
def watch(told: queue.Queue[tuple[Path, str]]) -> Iterator[FileWatch]:
    watch = FileWatch(lambda path, change: told.put((path, change)))
    yield watch
    watch.close()


def _expect(told: queue.Queue[tuple[Path, str]], path: Path, change: str) -> None:
    while told.get(timeout=5) != (path, change):
        pass


def _write(path: Path) -> None:
    path.write_text("b")


def _replace(path: Path) -> None:
    draft = path.with_suffix(".tmp")
    draft.write_text("b")
    draft.replace(path)


@pytest.mark.parametrize("change", [_write, _replace])
def test_a_file_that_is_written_or_replaced_is_told_as_modified(
    watch: FileWatch,
    told: queue.Queue[tuple[Path, str]],
    tmp_path: Path,
    change: Callable[[Path], None],
) -> None:
    path = tmp_path / "a.py"
    path.write_text("a")
    watch.add(path)
    change(path)
    _expect(told, path, "modified")


def test_a_file_that_goes_is_told_as_deleted(
    watch: FileWatch, told: queue.Queue[tuple[Path, str]], tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.touch()
    watch.add(path)
    path.unlink()
    _expect(told, path, "deleted")


def test_other_files_in_the_folder_are_nobodys_business(
    watch: FileWatch, told: queue.Queue[tuple[Path, str]], tmp_path: Path
) -> None:
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    path.touch()
    watch.add(path)
    other.write_text("x")
    path.write_text("y")
    _expect(told, path, "modified")
    assert all(each[0] == path for each in list(told.queue))


def test_a_file_no_longer_watched_is_left_alone(
    watch: FileWatch, told: queue.Queue[tuple[Path, str]], tmp_path: Path
) -> None:
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    for each in (path, other):
        each.touch()
        watch.add(each)
    watch.remove(path)
    path.write_text("x")
    other.write_text("x")
    _expect(told, other, "modified")
    assert all(each[0] == other for each in list(told.queue))


def test_a_folder_that_does_not_exist_is_no_error(watch: FileWatch, tmp_path: Path) -> None:
    watch.add(tmp_path / "nowhere" / "a.py")
