"""Machines for tests: one with a network cable that can be pulled, and one with a PostgreSQL server that can be stopped.

A machine is a network namespace. It reaches this one through a pair of virtual cards; what it is to reach has addresses of
198.18.0.0/15, the network that RFC 2544 keeps for tests, on the loopback interface of this one.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from socket import socket

import pytest

NETWORK = f"198.18.{os.getpid() % 256}"
HERE, THERE = f"{NETWORK}.1", f"{NETWORK}.2"
"""The addresses of the two cards."""
SERVICES = [f"{NETWORK}.{number}" for number in range(129, 140)]
"""Addresses at which the machine reaches servers of this one."""


_NUMBERS = count(1)


class OwnMachine:
    """A machine of which the network can be cut off."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.inside = ("ip", "netns", "exec", name)
        """Beginning of a command that is run on the machine."""

    def cut_off(self) -> None:
        """Pull the cable: what is sent is lost from now on, and nobody is notified."""
        _ip("link", "set", f"{self.name}-a", "down")

    def connect(self) -> None:
        """Put the cable back."""
        _ip("link", "set", f"{self.name}-a", "up")


@contextmanager
def own_machine() -> Iterator[OwnMachine]:
    """Give a machine; skip the test where none can be made."""
    name = f"nb{os.getpid() % 100_000}-{next(_NUMBERS)}"
    with ExitStack() as stack:
        try:
            _ip("netns", "add", name)
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"network namespaces cannot be made here (root and iproute2 are needed): {error}")
        stack.callback(_ip, "netns", "delete", name)
        _ip("link", "add", f"{name}-a", "type", "veth", "peer", "name", f"{name}-b", "netns", name)
        _ip("address", "add", f"{HERE}/30", "dev", f"{name}-a")
        _ip("link", "set", f"{name}-a", "up")
        _ip("-n", name, "address", "add", f"{THERE}/30", "dev", f"{name}-b")
        for card in ("lo", f"{name}-b"):
            _ip("-n", name, "link", "set", card, "up")
        _ip("-n", name, "route", "add", "default", "via", HERE)
        # With the address of the card at hand, packets vanish while the cable is out; otherwise they would be refused.
        card = Path(f"/sys/class/net/{name}-a/address").read_text().strip()
        _ip("-n", name, "neighbour", "add", HERE, "lladdr", card, "dev", f"{name}-b", "nud", "permanent")
        _ip("route", "add", "blackhole", f"{NETWORK}.0/25", "metric", "9999")
        stack.callback(_ip, "route", "delete", "blackhole", f"{NETWORK}.0/25", "metric", "9999")
        for address in SERVICES:
            _ip("address", "add", f"{address}/32", "dev", "lo")
            stack.callback(_ip, "address", "delete", f"{address}/32", "dev", "lo")
        yield OwnMachine(name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


class OwnServer:
    """A PostgreSQL server, in a folder of its own."""

    def __init__(self, programs: Path, folder: Path, address: str) -> None:
        self.programs, self.folder = programs, folder
        self.data = folder / "data"
        with socket() as free:
            free.bind((address, 0))
            self.port = free.getsockname()[1]
        self.address = address
        self.url = f"postgresql+psycopg://postgres@{address}:{self.port}/postgres"
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        with (self.data / "pg_hba.conf").open("a") as file:
            file.write(f"host all all {NETWORK}.0/24 trust\n")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = (
            f"-p {self.port} -c listen_addresses={self.address} -c unix_socket_directories={self.folder}"
            " -c fsync=off"
        )
        log = self.folder / "log"
        self._run("pg_ctl", "-D", self.data, "-l", log, "-o", options, "-w", "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it, by default as a crash does."""
        self._run("pg_ctl", "-D", self.data, "-m", how, "-w", "stop")

    def _run(self, program: str, *arguments: object) -> None:
        user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        command = [str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(
            command, user=user, cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def own_server(address: str) -> Iterator[OwnServer]:
    """Give a running PostgreSQL server at an address; skip the test where its programs are not installed."""
    initdb = shutil.which("initdb") or max(
        map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=""
    )
    if not initdb:
        pytest.skip("the programs of a PostgreSQL server are not installed here")
    with tempfile.TemporaryDirectory(prefix="newsbot-server-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        server = OwnServer(Path(initdb).parent, folder, address)
        server.start()
        try:
            yield server
        finally:
            server.stop()
