"""The search for what is left of a text: it must find before it can prove that nothing is there."""

from __future__ import annotations

import sqlite3
import zlib
from pathlib import Path

import pytest

from tests.forensics import found_in

SECRET = "correct horse battery staple"
_AROUND = b"\x00\x10\xff" * 50


def _deflated(text: str, window_bits: int) -> bytes:
    deflater = zlib.compressobj(wbits=window_bits)
    return deflater.compress(text.encode()) + deflater.flush()


@pytest.mark.parametrize(
    "raw",
    [
        SECRET.encode(),
        SECRET.encode("utf-16-le"),
        SECRET.encode("utf-16-be"),
        _deflated(f"{SECRET} and more", zlib.MAX_WBITS),
        _deflated(f"{SECRET} and more", zlib.MAX_WBITS | 16),
        _deflated(f"{SECRET} and more", -zlib.MAX_WBITS),
        _deflated(SECRET + " ".join(map(str, range(3000))), zlib.MAX_WBITS)[:2000],
    ],
    ids=["utf-8", "utf-16-le", "utf-16-be", "zlib", "gzip", "deflate", "broken off"],
)
def test_a_text_is_found_however_it_lies_there(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "within").mkdir()
    (tmp_path / "within" / "file").write_bytes(_AROUND + raw + _AROUND)
    assert found_in(tmp_path, [SECRET, "something else"]) == {SECRET}


def test_a_deleted_row_is_found_where_deleting_leaves_its_bytes(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("CREATE TABLE texts (deflated BLOB)")
    connection.execute("INSERT INTO texts VALUES (?)", [zlib.compress(SECRET.encode())])
    connection.commit()
    connection.execute("DELETE FROM texts")
    connection.commit()
    assert found_in(tmp_path, [SECRET]) == {SECRET}
    connection.execute("VACUUM")
    connection.close()
    assert found_in(tmp_path, [SECRET]) == set()
