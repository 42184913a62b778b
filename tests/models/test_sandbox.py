"""The sandbox: what a program that is being checked cannot do, behind each boundary.

The list of attempts is the written one that SECURITY.md speaks of.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from foretrace_models.repair.sandbox import landlock
from foretrace_models.repair.sandbox.harness import to_literal
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.repair.sandbox.runner import Limits, Sandbox
from foretrace_models.repair.sandbox.seccomp import build_filter

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the boundaries are Linux's")

SECRET = "the expected values"
LIMITS = Limits(cpu_seconds=1.0, wall_seconds=2.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a program's neighbours."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "foretrace.toml").write_text(SECRET)
    (folder / ".env").write_text(SECRET)
    (folder / "helper.py").write_text("VALUE = 5\n")
    (folder / "data.txt").write_text("some data\n")
    return folder


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def sandbox(request: pytest.FixtureRequest, folder: Path) -> Iterator[Sandbox]:
    """A sandbox behind each of the two boundaries."""
    if request.param == "landlock" and landlock.version() < 3:
        pytest.skip("this kernel's Landlock is too old")
    try:
        sandbox = Sandbox(folder, boundaries=(request.param,))
    except SandboxError as error:
        pytest.skip(str(error))
    with sandbox:
        yield sandbox


def run(sandbox: Sandbox, source: str, folder: Path, **how: Any) -> dict[str, Any]:
    """Run a program once."""
    program = {
        "source": textwrap.dedent(source),
        "filename": str(folder / "program.py"),
        "prelude": "",
    }
    ((result,),) = sandbox.run([program], [{"stdin": "", "as_main": True, **how}], LIMITS)
    return result


ESCAPES = {
    "a socket": "import socket; socket.socket()",
    "a connection": "import socket; socket.create_connection(('127.0.0.1', 22))",
    "a local socket": "import socket; socket.socket(socket.AF_UNIX)",
    "a web page": "import urllib.request; urllib.request.urlopen('http://127.0.0.1')",
    "a fork": "import os; os.fork()",
    "a fork bomb": "import os\nwhile True: os.fork()",
    "another program": "import subprocess; subprocess.run(['/bin/ls'])",
    "a shell": "import os; assert os.system('ls') == 0",
    "a new program": "import os; os.execv('/bin/ls', ['ls'])",
    "processes": "import multiprocessing; multiprocessing.Process(target=print).start()",
    "a signal to the parent": "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    "a signal to everybody": "import os, signal; os.kill(-1, signal.SIGKILL)",
    "a signal to a group": "import os, signal; os.killpg(0, signal.SIGTERM)",
    "the expected values": "open('foretrace.toml').read()",
    "the expected values by another name": (
        "open('../' + __file__.split('/')[-2] + '/foretrace.toml')"
    ),
    "secrets beside the program": "open('.env').read()",
    "the home folder": "import os; os.listdir(os.path.expanduser('~root'))",
    "the list of accounts": "open('/etc/shadow').read()",
    "other processes' surroundings": "open('/proc/1/environ').read()",
    "writing beside itself": "open('new.txt', 'w')",
    "changing a neighbour": "open('helper.py', 'a')",
    "emptying a neighbour": "import os; os.open('helper.py', os.O_RDONLY | os.O_TRUNC)",
    "truncating a neighbour": "import os; os.truncate('helper.py', 0)",
    "removing a neighbour": "import os; os.remove('helper.py')",
    "renaming a neighbour": "import os; os.rename('helper.py', 'x.py')",
    "a link": "import os; os.link('helper.py', 'x.py')",
    "modes": "import os; os.chmod('helper.py', 0)",
    "times": "import os; os.utime('helper.py', (0, 0))",
    "owners": "import os; os.chown('helper.py', 1, 1)",
    "writing to the system": "open('/usr/lib/x', 'w')",
    "new namespaces": "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
    "mounting": "import ctypes; assert ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0) == 0",
    "tracing": "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
    "more memory than allowed": "x = bytearray(4 << 30)",
    "raising its own limits": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))"
    ),
    "a thousand threads": """
        import threading, time
        for _ in range(100_000):
            threading.Thread(target=time.sleep, args=(60,)).start()
    """,
    "endless output": "while True: print('x' * 10_000)",
    "one giant output": "print('x' * (200 << 20))",
}


@pytest.mark.parametrize("attempt", ESCAPES)
def test_an_attempt_is_stopped(sandbox: Sandbox, folder: Path, attempt: str) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    result = run(sandbox, ESCAPES[attempt], folder)
    assert result["status"] != "finished", result
    assert SECRET not in str(result)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert run(sandbox, "print('still here')", folder)["stdout"] == "still here\n"


def test_endless_loops_are_stopped_in_time(sandbox: Sandbox, folder: Path) -> None:
    for source in ("while True: pass", "import time; time.sleep(60)"):
        started = time.monotonic()
        assert run(sandbox, source, folder)["status"] == "timeout"
        assert time.monotonic() - started < 5


def test_leaving_at_once_is_noticed(sandbox: Sandbox, folder: Path) -> None:
    for source in ("import os; os._exit(0)", "import os; os.kill(os.getpid(), 9)"):
        assert run(sandbox, source, folder)["status"] == "died"


def test_what_comes_after_a_run_that_ended_its_process_is_run_anew(
    sandbox: Sandbox, folder: Path
) -> None:
    stubborn = "while True:\n  try:\n    for i in range(10**9): x = i\n  except BaseException: 0\n"
    sources = ["x = 1", "import os; os._exit(0)", "x = 3", "while True: pass", stubborn, "x = 6"]
    programs = [{"source": s, "filename": "p.py", "prelude": ""} for s in sources]
    calls = [{"stdin": "", "as_main": False, "call": "x"}] * 2
    results = sandbox.run(programs, calls, Limits(0.2, 1.0))
    assert [[result.get("value", result["status"]) for result in row] for row in results] == [
        ["1", "1"],
        ["died"],
        ["3", "3"],
        ["timeout", "not made"],
        ["timeout"],
        ["6", "6"],
    ]


def test_programs_that_share_a_process_start_alike(sandbox: Sandbox, folder: Path) -> None:
    change = "import os, sys; sys.setrecursionlimit(200); os.chdir('/')"
    look = "import os, sys; print(sys.getrecursionlimit(), os.getcwd())"
    for _ in range(4):  # there is more than one process behind the boundary
        assert run(sandbox, change, folder)["status"] == "finished"
        assert run(sandbox, look, folder)["stdout"] == f"1000 {folder}\n"


def test_a_process_with_a_thread_that_goes_on_is_not_used_again(
    sandbox: Sandbox, folder: Path
) -> None:
    thread = "import os, threading, time; threading.Thread(target=time.sleep, args=(9,)).start()"
    look = "import threading; print(threading.active_count())"
    for _ in range(4):
        assert run(sandbox, thread, folder)["status"] == "finished"
        assert run(sandbox, look, folder)["stdout"] == "1\n"


def test_who_spoils_a_process_for_others_is_found_out_in_a_fresh_one(
    sandbox: Sandbox, folder: Path
) -> None:
    spoil = {"source": "import builtins; builtins.max = min", "filename": "p.py", "prelude": ""}
    honest = {"source": "", "filename": "p.py", "prelude": ""}
    call = {"stdin": "", "as_main": False, "call": "max(1, 2)"}
    for _ in range(4):
        sandbox.run([spoil], [call], LIMITS)
        (result,) = sandbox.run_apart(honest, [call], LIMITS)
        assert result["value"] == "2"


def test_every_attempt_is_on_the_page_about_the_sandbox() -> None:
    page = Path(__file__).parents[2] / "docs" / "sandbox.md"
    listed = [
        line.split("|")[1].strip()
        for line in page.read_text().splitlines()
        if line.startswith("| ") and "--" not in line
    ]
    assert set(ESCAPES) <= set(listed)


def test_the_program_sees_its_neighbours_and_standard_input(sandbox: Sandbox, folder: Path) -> None:
    source = "import helper\nprint(helper.VALUE, open('data.txt').read(), input())"
    result = run(sandbox, source, folder, stdin="typed\n")
    assert result["stdout"] == "5 some data\n typed\n"


def test_nothing_of_the_surroundings_is_passed_on(sandbox: Sandbox, folder: Path) -> None:
    os.environ["FORETRACE_SENTINEL"] = "x"
    try:
        with Sandbox(folder, boundaries=(str(sandbox.boundary),)) as fresh:
            result = run(fresh, "import os; print(sorted(os.environ))", folder)
    finally:
        del os.environ["FORETRACE_SENTINEL"]
    assert "FORETRACE_SENTINEL" not in result["stdout"]


def test_one_run_leaves_nothing_for_the_next(folder: Path) -> None:
    try:
        sandbox = Sandbox(folder, boundaries=("namespaces",))
    except SandboxError as error:
        pytest.skip(str(error))
    with sandbox:
        write = "import os, tempfile; open(os.path.join(tempfile.gettempdir(), 'x'), 'w')"
        look = "import os, tempfile; print(os.listdir(tempfile.gettempdir()))"
        for _ in range(4):  # there is more than one process behind the boundary
            assert run(sandbox, write, folder)["status"] == "finished"
            assert run(sandbox, look, folder)["stdout"] == "[]\n"


def test_a_program_in_the_home_folder_sees_python_files_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "helper.py").write_text("VALUE = 5\n")
    (tmp_path / "letter.txt").write_text(SECRET)
    (tmp_path / "Documents").mkdir()
    try:
        sandbox = Sandbox(tmp_path)
    except SandboxError as error:
        pytest.skip(str(error))
    with sandbox:
        assert run(sandbox, "import helper", tmp_path)["status"] == "finished"
        assert run(sandbox, "open('letter.txt')", tmp_path)["status"] == "raised"


def test_without_a_boundary_nothing_runs_unless_told_so(folder: Path) -> None:
    with pytest.raises(SandboxError, match="no boundary"):
        Sandbox(folder, boundaries=())


UNBOUNDED = [
    name
    for name in ESCAPES
    if name
    not in {
        # There is no boundary that would hide what can be read.
        *("the expected values", "the expected values by another name"),
        *("secrets beside the program", "the home folder", "the list of accounts"),
        "other processes' surroundings",
    }
]


@pytest.mark.parametrize("attempt", UNBOUNDED)
def test_even_without_a_boundary_an_honest_program_does_no_damage(
    folder: Path, attempt: str
) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with Sandbox(folder, unbounded=True, boundaries=()) as sandbox:
        assert sandbox.boundary is None
        assert run(sandbox, ESCAPES[attempt], folder)["status"] != "finished"
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_processes_end_with_the_one_that_started_them(folder: Path) -> None:
    program = textwrap.dedent(
        f"""
        import os, pathlib
        from foretrace_models.repair.sandbox.runner import Sandbox
        sandbox = Sandbox(pathlib.Path({str(folder)!r}), unbounded=True)
        print(*(server._process.pid for server in sandbox._servers), flush=True)
        os.kill(os.getpid(), 9)
        """
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    pids = [int(pid) for pid in answer.stdout.split()]
    assert pids
    deadline = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, "a process stayed behind"
        time.sleep(0.05)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_a_whole_number_of_instructions(machine: str) -> None:
    assert len(build_filter(machine, 1)) % 8 == 0


class _Sneaky(str):
    def __repr__(self) -> str:
        return "1"


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (1, "1"),
        (True, "True"),
        (None, "None"),
        ("a'b", '"a\'b"'),
        ([1, (2,), {3}], "[1,(2,),{3,},]"),
        ({}, "{}"),
        (set(), "set()"),
        (float("inf"), "1e999"),
        (float("nan"), None),
        (object(), None),
        (_Sneaky("x"), None),
        ([_Sneaky("x")], None),
        (10**5000, None),
        ("x" * 200_000, None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_plain_values_become_literals(value: object, literal: str | None) -> None:
    assert to_literal(value) == literal


def test_a_value_that_holds_itself_is_no_literal() -> None:
    value: list[object] = []
    value.append(value)
    assert to_literal(value) is None
