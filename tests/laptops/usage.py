"""What the course's processes take: the time of processors, and memory (Linux)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from attrs import define

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_HIGHEST = re.compile(r"VmHWM:\s+(\d+) kB")


@define
class Usage:
    """All processor time so far, and the most memory that one process had at any time."""

    cpu_seconds: float = 0.0
    most_bytes: int = 0
    _process: int = 0
    _before_seconds: float = 0.0

    def follow(self, process: int) -> None:
        """Look at this process from now on."""
        self._process, self._before_seconds = process, self.cpu_seconds

    def look(self) -> None:
        """Note how it is now, if it is there."""
        try:
            fields = Path(f"/proc/{self._process}/stat").read_text().rpartition(")")[2].split()
            highest = _HIGHEST.search(Path(f"/proc/{self._process}/status").read_text())
        except OSError:
            return
        ticks = int(fields[11]) + int(fields[12])
        self.cpu_seconds = self._before_seconds + ticks / _TICKS_PER_SECOND
        if highest is not None:
            self.most_bytes = max(self.most_bytes, int(highest[1]) * 1024)
