"""A folder to begin with: `newsbot.toml`, `sources/` and the database."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from newsbot.configuration.origins import FILE_NAME
from newsbot.errors import UsageError
from newsbot.sources.catalog import source_files, unknown_source
from newsbot.sources.toml_edit import source_text, toml_value
from newsbot.store.database import Database

EXAMPLE = "global-voices"
"""Source of the catalog that a folder begins with if none is chosen: its texts may be used freely (CC BY)."""
SOURCES = "sources"
DATABASE = "newsbot.db"
MADE = (SOURCES, DATABASE, FILE_NAME)
"""What is made, in the order in which it is put in its place."""

_SETTINGS = """\
# Settings of newsbot. `newsbot settings` shows all of them, and where their values come from.
# Paths are relative to this file.

# A page or a mail address of whoever runs the crawls. Sites see it in the user agent.
{contact}

# Where articles are kept; postgresql+psycopg://USER@HOST/NAME for PostgreSQL.
database_url = "sqlite:///{database}"

# A folder with your sources. `newsbot sources list` shows them, `newsbot sources add URL` proposes one.
sources = "{sources}"

# Where pages are kept as they were fetched (WARC); "" keeps none.
archive_dir = "archive"
"""


def make_folder(folder: Path, *, contact: str, keys: Sequence[str]) -> None:
    """Make a folder with settings, sources of the catalog by their keys, and an empty database: all of it or nothing.

    Raises UsageError if there is no such source, or if something would be overwritten."""
    texts = {f"{key}.toml": text for key, text in _chosen(keys or [EXAMPLE]).items()}
    _require_room(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".newsbot-", dir=folder.parent) as name:
        new = Path(name)
        (new / SOURCES).mkdir()
        for file, text in texts.items():
            (new / SOURCES / file).write_text(text, "utf-8")
        (new / FILE_NAME).write_text(settings_text(contact), "utf-8")
        Database(f"sqlite:///{new / DATABASE}").open().close()
        _put_in_place(new, folder)


def settings_text(contact: str) -> str:
    """Return the text of a new file of settings. Without a contact its line is a comment."""
    line = f"contact = {toml_value(contact)}" if contact else '# contact = "https://me.example/crawls"'
    return _SETTINGS.format(contact=line, database=DATABASE, sources=SOURCES)


def _chosen(keys: Sequence[str]) -> dict[str, str]:
    """Return key -> TOML of sources of the catalog."""
    files = source_files()
    for key in keys:
        if key not in files:
            raise UsageError(f"--source: {unknown_source(key)}", source=key)
    return {key: source_text(files[key].read_text("utf-8"), key) for key in dict.fromkeys(keys)}


def _require_room(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", path=str(folder))
    for name in MADE:
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is there already; it is not overwritten", path=str(folder))


def _put_in_place(new: Path, folder: Path) -> None:
    """Move what was made into the folder. If that fails, take back what has been moved."""
    with ExitStack() as undo:
        if not folder.exists():
            folder.mkdir()
            undo.callback(folder.rmdir)
        for name in MADE:
            (new / name).rename(folder / name)
            undo.callback(_remove, folder / name)
        undo.pop_all()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
