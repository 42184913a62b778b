"""The first boundary: Linux namespaces.

The process gets a file system of its own, read-only and holding just what it was shown; no
network; no other process; no other user. An ordinary account may do this where the kernel allows
user namespaces, which some distributions and most containers do not: see `landlock`.

Source: Linux manual pages, namespaces(7), user_namespaces(7), mount_setattr(2), pivot_root(2).
"""

from __future__ import annotations

import ctypes
import os
import signal
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUTS = 0x04000000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_CLONE_NEWNET = 0x40000000

_MS_NOSUID, _MS_NODEV, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x2, 0x4, 0x1000, 0x4000, 0x40000
_MNT_DETACH = 2
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID = 0x1, 0x2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_SYS_MOUNT_SETATTR = 442
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_PDEATHSIG = 1

SCRATCH = "/scratch"
_SCRATCH_OPTIONS = "size=16m,nr_inodes=1024,mode=0700"
# Any folder will do: what is mounted on it is seen by this process alone.
_NEW_ROOT = "/tmp"  # noqa: S108

_libc = ctypes.CDLL(None, use_errno=True)


def enter(readable: Sequence[str], folder: str) -> None:
    """Move this process behind the boundary; it goes on as a child of the one that called.

    The calling process must have one thread. It waits for the child and exits as that does. What
    the child finds is `readable`, the folder (empty but for that) and `SCRATCH`, where alone it
    can write.

    Raises:
        OSError: the kernel refuses a step; the process is then of no use and should exit.
    """
    uid, gid = os.getuid(), os.getgid()
    _check(
        _libc.unshare(
            _CLONE_NEWUSER
            | _CLONE_NEWNS
            | _CLONE_NEWPID
            | _CLONE_NEWNET
            | _CLONE_NEWIPC
            | _CLONE_NEWUTS
        ),
        "unshare",
    )
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    child = os.fork()
    if child:
        die_with_parent()
        for descriptor in (0, 1):
            os.close(descriptor)
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
    die_with_parent()
    _build_root(readable, folder)
    drop_capabilities()


def die_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends, where it can."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def drop_capabilities() -> None:
    """Give up every privilege over what this process can reach."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    machine = os.uname().machine
    _check(_libc.syscall(_SYS_CAPSET[machine], header, data), "capset")


def _build_root(readable: Sequence[str], folder: str) -> None:
    links = [path for path in readable if Path(path).is_symlink()]
    targets = {path: os.readlink(path) for path in links}  # noqa: PTH115 - the text itself
    # Opened first: what the new root is mounted on may hide some of them.
    opened = {path: os.open(path, os.O_PATH) for path in readable if path not in targets}
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", _NEW_ROOT, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=1m,mode=0755")
    for made in (folder, SCRATCH, "/old"):
        Path(_NEW_ROOT + made).mkdir(parents=True, exist_ok=True)
    for path, target in targets.items():
        _parent_made(path).symlink_to(target)
    for path, descriptor in opened.items():
        point = _parent_made(path)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            point.mkdir(exist_ok=True)
        else:
            point.touch()
        _mount(f"/proc/self/fd/{descriptor}", str(point), None, _MS_BIND | _MS_REC)
        os.close(descriptor)
    machine = os.uname().machine
    _check(
        _libc.syscall(_SYS_PIVOT_ROOT[machine], _NEW_ROOT.encode(), f"{_NEW_ROOT}/old".encode()),
        "pivot_root",
    )
    os.chdir("/")
    _check(_libc.umount2(b"/old", _MNT_DETACH), "umount2")
    Path("/old").rmdir()
    attributes = (ctypes.c_uint64 * 4)(_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)
    _check(
        _libc.syscall(
            _SYS_MOUNT_SETATTR,
            _AT_FDCWD,
            b"/",
            _AT_RECURSIVE,
            attributes,
            ctypes.sizeof(attributes),
        ),
        "mount_setattr",
    )
    _mount("tmpfs", SCRATCH, "tmpfs", _MS_NOSUID | _MS_NODEV, _SCRATCH_OPTIONS)


def _parent_made(path: str) -> Path:
    point = Path(_NEW_ROOT + path)
    point.parent.mkdir(parents=True, exist_ok=True)
    return point


def _mount(
    source: str | None, target: str, kind: str | None, flags: int, options: str | None = None
) -> None:
    arguments = [text.encode() if text is not None else None for text in (source, target, kind)]
    data = options.encode() if options is not None else None
    _check(_libc.mount(*arguments, ctypes.c_ulong(flags), data), f"mount {target}")


def _check(result: int, step: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{step}: {os.strerror(number)}")
