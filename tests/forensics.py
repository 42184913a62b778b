"""What can still be read from the bytes of a data folder, by somebody who looks hard.

Deleted rows leave their bytes in SQLite's pages, in its write-ahead log and in its shared memory,
and compressed texts show nothing until they are inflated. So every file is searched as it is, and
so is whatever can be inflated from any of its bytes on.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

# What a search looks for: a text as SQLite, Python and Windows programs write it.
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
_MOST_INFLATED_BYTES = 16 << 20
_PORTION_BYTES = 256
# Fewer bytes than this come out of chance.
_LEAST_INFLATED_BYTES = 8


def found_in(folder: Path, texts: Iterable[str]) -> set[str]:
    """Return which of the texts can be read from any file below a folder."""
    texts = set(texts)
    found: set[str] = set()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        for readable in readings(path.read_bytes()):
            found |= {text for text in texts - found if _stands_in(text, readable)}
    return found


def readings(raw: bytes) -> Iterator[bytes]:
    """Iterate over the ways to read bytes: as they are, and inflated from each offset."""
    yield raw
    for offset in range(len(raw) - 1):
        for window_bits in _formats(raw[offset], raw[offset + 1]):
            inflated = _inflated(raw, offset, window_bits)
            if len(inflated) >= _LEAST_INFLATED_BYTES:
                yield inflated


def _formats(first: int, second: int) -> Iterator[int]:
    """Iterate over the formats, as zlib numbers them, in which a stream can begin so."""
    if first & 0x0F == 8 and (first << 8 | second) % 31 == 0:
        yield zlib.MAX_WBITS
    if (first, second) == (0x1F, 0x8B):
        yield zlib.MAX_WBITS | 16
    yield -zlib.MAX_WBITS


def _inflated(raw: bytes, offset: int, window_bits: int) -> bytes:
    """Return what the stream at an offset holds, up to where it ends or breaks off."""
    inflater = zlib.decompressobj(window_bits)
    whole = b""
    for start in range(offset, len(raw), _PORTION_BYTES):
        try:
            whole += inflater.decompress(raw[start : start + _PORTION_BYTES], _MOST_INFLATED_BYTES)
        except zlib.error:
            # A portion with an error gives nothing, so what came before it is had byte by byte;
            # not from every offset, as chance makes a start without a mark of almost any bytes.
            if whole or window_bits > 0:
                return _inflated_singly(raw[offset : start + _PORTION_BYTES], window_bits)
            break
        if inflater.eof or len(whole) >= _MOST_INFLATED_BYTES:
            break
    return whole


def _inflated_singly(raw: bytes, window_bits: int) -> bytes:
    inflater = zlib.decompressobj(window_bits)
    whole = b""
    with suppress(zlib.error):
        for number in range(len(raw)):
            whole += inflater.decompress(raw[number : number + 1])
    return whole


def _stands_in(text: str, readable: bytes) -> bool:
    return any(text.encode(encoding, "surrogatepass") in readable for encoding in _ENCODINGS)
