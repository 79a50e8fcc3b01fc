"""Kills every command that writes, at random moments of its work, runs it again, and compares what is stored at the end.

    python -m benchmarks.kills                                  every command, on SQLite
    python -m benchmarks.kills --postgres URL                   and on PostgreSQL: a server on which databases may be made
    python -m benchmarks.kills --only prune,upgrade --trials 3 --seed 5

Each command has real work to do: pages to store, titles to mend, boilerplate to remove, records to drop, tables to
migrate. It is killed with SIGKILL, with all its processes, when a random part of that work is done, and a random moment
later; four times, and then it runs to its end. What is stored then (every table, the full-text index, the view, the archive)
is compared with what an undisturbed run leaves. A kill counts if the command was alive, and its work begun and not done.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from benchmarks.database_state import State, database_state, differences
from benchmarks.kills_work import SCENARIOS, Scenario, World, serving

PROJECT = Path(__file__).parents[1]
KILLS_A_TRIAL = 4
LIMIT_S = 300.0


@dataclass
class Result:
    """The kills of one command on one database, and what they have changed."""

    command: str
    database: str
    kills: int = 0
    inside: int = 0
    seconds: float = 0.0
    found: list[str] = field(default_factory=list)


def start(world: World, command: list[str]) -> subprocess.Popen[bytes]:
    """Start a command of newsbot or Scrapy in a process group of its own."""
    log = (world.folder / "log").open("ab")
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=PROJECT,
        env={**os.environ, **world.environment},
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def finish(world: World, command: list[str]) -> float:
    """Run a command to its end; return its seconds. Ends the benchmark if it fails."""
    began = time.monotonic()
    status = start(world, command).wait(LIMIT_S)
    if status:
        print((world.folder / "log").read_text("utf-8", "replace")[-3000:], file=sys.stderr)
        raise SystemExit(f"{' '.join(command)}: exit status {status}")
    return time.monotonic() - began


def kill_once(scenario: Scenario, world: World, target: float, rng: random.Random) -> bool:
    """Kill a command once `target` of its work is done; return whether it was at work."""
    process = start(world, scenario.command(world))
    until = time.monotonic() + LIMIT_S
    while process.poll() is None and scenario.done(world) < target and time.monotonic() < until:
        time.sleep(0.004)
    time.sleep(rng.random() * scenario.max_delay_s)
    is_alive = process.poll() is None and scenario.done(world) < 1
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return is_alive


def left_over(world: World) -> list[str]:
    """Return the files that a killed command has left, and what is wrong with the archive."""
    found = [f"left: {path.name}" for path in world.folder.rglob("*") if path.suffix in {".part", ".open"}]
    if world.archive.is_dir():
        check = subprocess.run(
            [sys.executable, "-m", "newsbot", "archive", "verify"],
            cwd=PROJECT,
            env={**os.environ, **world.environment},
            check=False,
            capture_output=True,
            text=True,
        )
        if check.returncode:
            found.append(f"archive: {check.stdout[:500]} {check.stderr[-300:]}")
    return found


def outcome(world: World) -> State:
    """Return what a world holds: the state of its database, and the content of its export."""
    state = database_state(world.url)
    if world.export.exists():
        lines = world.export.read_text("utf-8").splitlines()
        state["export"] = Counter(lines)
    return state


def trial(
    scenario: Scenario, kind: Kind, base: World, wanted: State, result: Result, rng: random.Random
) -> None:
    """Kill the command several times in a copy of the base, let it end, and compare."""
    with kind.copy(base) as world:
        for target in sorted(scenario.target(rng) for _ in range(KILLS_A_TRIAL)):
            result.kills += 1
            result.inside += kill_once(scenario, world, target, rng)
        finish(world, scenario.command(world))
        result.found += [*differences(wanted, outcome(world)), *left_over(world)]


def measured(name: str, kind: Kind, trials: int, seed: int, folder: Path) -> Result:
    """Return the result for one command on one database."""
    scenario = SCENARIOS[name]
    result = Result(name, kind.name)
    rng = random.Random(f"{seed} {name} {kind.name}")
    with kind.world(folder / f"{name.replace(' ', '-')}-{kind.name}") as base:
        scenario.prepare(base, lambda *command: finish(base, list(command)))
        with kind.copy(base) as world:
            result.seconds = finish(world, scenario.command(world))
            wanted = outcome(world)
        for _ in range(trials):
            trial(scenario, kind, base, wanted, result, rng)
    return result


# ------------------------------------------------------------------ databases


@dataclass(frozen=True)
class Kind:
    """A kind of database, and how a world with one is made, copied and removed."""

    name: str
    server: str = ""

    @contextmanager
    def world(self, folder: Path, template: World | None = None) -> Iterator[World]:
        """Give a folder with a database of its own: an empty one, or a copy."""
        if template:
            shutil.copytree(template.folder, folder)
        else:
            folder.mkdir(parents=True)
        if not self.server:
            yield World(folder, f"sqlite:///{folder / 'newsbot.db'}")
            shutil.rmtree(folder)
            return
        name = f"kills_{os.getpid()}_{time.monotonic_ns()}"
        copy = f" TEMPLATE {make_url(template.url).database}" if template else ""
        self._execute(f"CREATE DATABASE {name}{copy}")
        try:
            url = make_url(self.server).set(database=name).render_as_string(hide_password=False)
            yield World(folder, url)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")
            shutil.rmtree(folder)

    def copy(self, base: World) -> AbstractContextManager[World]:
        """Give a copy of a world; it is removed at the end of the block."""
        return self.world(base.folder.with_name(f"{base.folder.name}-{time.monotonic_ns()}"), base)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        until = time.monotonic() + 30
        with engine.connect() as connection:
            while True:
                try:
                    connection.execute(text(statement))
                    return
                except DBAPIError:  # a killed process is still connected to the template
                    if time.monotonic() > until:
                        raise
                time.sleep(0.1)


# ------------------------------------------------------------------ the command line


def table(results: list[Result]) -> str:
    """Return the results as a table in Markdown."""
    lines = [
        "| command | database | seconds undisturbed | kills | in its work | differences |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {one.command} | {one.database} | {one.seconds:.1f} | {one.kills} | {one.inside} | {len(one.found) or 'none'} |"
        for one in results
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--postgres", metavar="URL", help="a server on which databases may be made")
    parser.add_argument("--only", default="", metavar="NAME,...", help=f"of {', '.join(SCENARIOS)}")
    parser.add_argument("--kinds", default="sqlite,postgresql")
    parser.add_argument("--trials", type=int, default=1, help="of four kills each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="for the worlds; a temporary one")
    given = parser.parse_args()
    kinds = [Kind("sqlite")] + ([Kind("postgresql", given.postgres)] if given.postgres else [])
    names = given.only.split(",") if given.only else list(SCENARIOS)
    if unknown := [name for name in names if name not in SCENARIOS]:
        parser.error(f"--only: no command {unknown[0]!r}; accepted: {', '.join(SCENARIOS)}")
    results = []
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(serving())
        for name in names:
            for kind in (kind for kind in kinds if kind.name in given.kinds):
                result = measured(name, kind, given.trials, given.seed, folder)
                results.append(result)
                print(table([result]).splitlines()[-1], *result.found, sep="\n", flush=True)
    print(table(results), f"\n{sum(one.inside for one in results)} kills in the work", sep="\n")


if __name__ == "__main__":
    main()
