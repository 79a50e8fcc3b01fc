"""The `newsbot` command."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from types import FrameType
from typing import Any

import click

from newsbot import __version__
from newsbot.cli.command_table import COMMANDS, SECTIONS
from newsbot.cli.groups import LazyGroup
from newsbot.cli.output import discard_output
from newsbot.errors import NewsbotError, UsageError
from newsbot.masking import masked
from newsbot.query.query_error import QueryError
from newsbot.starting import collect_rarely, keep_what_is_loaded
from newsbot.text import escape_controls

__all__ = ["COMMANDS", "SECTIONS", "main", "newsbot", "run"]


class Program(LazyGroup):
    """The group of all commands."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. If the reader of its output stops early (`| head`), that is not an error."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            discard_output()
            return 0
        return result


class SafeLines(logging.Formatter):
    """Formats log records without secrets, and without characters that could control a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        return "\n".join(map(escape_controls, masked(super().format(record)).split("\n")))


@click.group(
    cls=Program,
    table=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="newsbot")
def newsbot() -> None:
    """Read, search and look after the news that newsbot has collected."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. A mistake prints one line on stderr and exits with status 2, a failure with status 1."""
    collect_rarely()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) == signal.SIG_DFL:  # not under nohup
                signal.signal(number, _stop)
        sys.unraisablehook = _stop_again
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal of another charset than UTF-8
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(SafeLines())
    status = run(newsbot, arguments)
    keep_what_is_loaded()  # else Python looks for cycles among all of it before it ends: a tenth of the time of a search
    sys.exit(status)


LOST_AFTER_S = 0.05
"""Seconds after which a signal that was lost is sent once more."""


class Stopped(KeyboardInterrupt):
    """Raised in the main thread by SIGTERM and SIGHUP: a command cleans up after itself as after Ctrl-C."""


def _stop(number: int, _frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)  # a second one ends it at once
    raise Stopped(number)


def _stop_again(unraisable: sys.UnraisableHookArgs) -> None:
    """Send a signal once more whose exception was lost, because it came while Python was in a callback of its garbage collection."""
    lost = unraisable.exc_value
    if not isinstance(lost, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    number = signal.SIGINT
    if isinstance(lost, Stopped):
        [number] = lost.args
        signal.signal(number, _stop)
    threading.Timer(LOST_AFTER_S, os.kill, (os.getpid(), number)).start()


def run(command: click.Command, arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    try:
        status: Any = command.main(arguments, prog_name="newsbot", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.ctx.get_help())
        return 2
    except click.ClickException as error:
        return _fail(error.format_message(), error.exit_code)
    except QueryError as error:
        return _fail(str(error), 2, shown=error.pointer())
    except UsageError as error:
        return _fail(str(error), 2)
    except NewsbotError as error:
        return _fail(str(error), 1)
    except OSError as error:
        discard_output()
        return _fail(f"{error.filename or 'the output'}: {error.strerror or error}", 1)
    except (click.Abort, KeyboardInterrupt) as error:
        is_signal = Stopped in {type(error), type(error.__cause__)}
        return _fail("stopped", 143 if is_signal else 130)
    return status if isinstance(status, int) else 0


def _fail(message: str, status: int, *, shown: str = "") -> int:
    """Print an error, and below it lines without control characters that show its place; return the exit status."""
    with suppress(OSError):  # stderr is full or closed
        click.echo(f"newsbot: {escape_controls(masked(' '.join(message.split())))}", err=True)
        for line in shown.splitlines():
            click.echo(f"    {line}", err=True)
    return status
