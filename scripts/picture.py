"""Draws docs/pictures/demo.svg: what `make demo` shows in a terminal, from a real run of it.

Run by hand when the demo looks different: ``.venv/bin/python scripts/picture.py``.
"""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "demo.svg"
COLUMNS = 88

# Without rich's web font, so that whoever looks at the picture asks nobody else for anything.
DRAWING = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>A student's session in Foretrace's demo, from the first key to the verified fix</title>
<style>
.{unique_id}-matrix {{
  font-family: Menlo, Consolas, DejaVu Sans Mono, monospace;
  font-size: {char_height}px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: arial; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Run the demo and draw it."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(in_terminal([sys.executable, "-m", "foretrace_server", "demo"])))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    console.save_svg(str(PICTURE), title="make demo", theme=MONOKAI, code_format=DRAWING)


def in_terminal(command: list[str]) -> str:
    """Return what a command prints in a terminal, colours and all; exit if it fails."""
    screen, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=terminal, cwd=ROOT) as process:
        os.close(terminal)
        parts = []
        while part := read(screen):
            parts.append(part)
    os.close(screen)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with exit code {process.returncode}")
    return b"".join(parts).decode().replace("\r\n", "\n")


def read(screen: int) -> bytes:
    """Return more of what was printed, nothing at the end."""
    try:
        return os.read(screen, 1 << 16)
    except OSError:  # Linux says so when the last program has left the terminal
        return b""


if __name__ == "__main__":
    main()
