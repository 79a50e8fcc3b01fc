"""Checks of what is on this machine: database, archive, sources, disk, engine, extras."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

from newsbot.entities.engine import engine_label, load_engine
from newsbot.errors import NewsbotError
from newsbot.jobs.checkup.findings import Finding, Findings
from newsbot.jobs.prune import endless, overdue
from newsbot.jobs.remote.objects import EXTRAS as OBJECT_STORES
from newsbot.outputs.output_table import read_output_tables
from newsbot.outputs.watches.watch_table import read_watch_tables
from newsbot.settings import Configuration
from newsbot.sources.catalog import load_sources
from newsbot.sources.model import Source
from newsbot.store.database import Database

LITTLE_BYTES = 2 * 1024**3
"""Free space below which a warning is due: a day of a few hundred sources takes about as much with its archive."""
TOO_LITTLE_BYTES = 100 * 1024**2
EXTRAS = {
    "alerts": "apprise",
    "amqp": "pika",
    "cluster": "procrastinate",
    "entities": "onnxruntime",
    "files": "fsspec",
    "kafka": "confluent_kafka",
    "languages": "newsbot_models",
    "nats": "nats",
    "observe": "prometheus_client",
    "parquet": "pyarrow",
    "postgres": "psycopg",
    "render": "playwright",
    "s3": "s3fs",
    "speed": "newsbot_core",
}
"""Extra -> a module that it installs."""
SENTENCE = "Angela Merkel spoke in Berlin."


def check_database(settings: Configuration) -> Findings:
    """Yield whether the database can be reached, is current and may be written."""
    try:
        database = Database(settings.database_url)
        try:
            database.open(migrate=False)
            database.check_writable()
        finally:
            database.close()
    except NewsbotError as error:
        yield Finding("database", "problem", str(error))
    else:
        yield Finding("database", "ok", f"{database.url} is up to date and writable")


def check_retention(settings: Configuration, now: datetime) -> Findings:
    """Yield whether tables of crawls grow without an end."""
    try:
        database = Database(settings.database_url).open(migrate=False)
    except NewsbotError:  # check_database reports it
        return
    try:
        late, growing = overdue(database, settings, now), endless(database, settings, now)
    finally:
        database.close()
    if late:
        detail = f"{', '.join(late)}: rows are older than the settings keep them"
        yield Finding("retention", "warning", detail, "run newsbot db prune every day")
    for table, rows in growing.items():
        detail = f"{table}: about {rows:,} rows, kept for ever"
        yield Finding("retention", "warning", detail, f"set keep_{table}_days, and run newsbot db prune")
    if not late and not growing:
        yield Finding("retention", "ok", "nothing is older than the settings keep it")


def check_archive(settings: Configuration) -> Findings:
    """Yield whether pages can be archived."""
    if not settings.archive_dir:
        yield Finding("archive", "ok", "no archive is kept (archive_dir is empty)")
        return
    folder = Path(settings.archive_dir)
    nearest = _nearest_folder(folder)
    if folder.exists() and not folder.is_dir():
        yield Finding("archive", "problem", f"{folder} is not a folder", "name a folder: archive_dir")
    elif not os.access(nearest, os.W_OK | os.X_OK):
        yield Finding(
            "archive", "problem", f"{nearest} cannot be written", "name another folder: archive_dir"
        )
    elif nearest == folder:
        yield Finding("archive", "ok", f"{folder} is writable")
    else:
        yield Finding("archive", "ok", f"{folder} will be made when it is needed")


def check_sources(settings: Configuration) -> Findings:
    """Yield whether the sources can be read, and whether what they need is installed."""
    try:
        sources = load_sources(settings.sources)
    except NewsbotError as error:
        yield Finding(
            "sources", "problem", str(error), "correct it; newsbot sources check shows what is left"
        )
        return
    enabled = [source for source in sources.values() if source.enabled]
    counts = f"{len(enabled)} of {len(sources)} are enabled, in {settings.sources or 'the catalog'}"
    if enabled:
        yield Finding("sources", "ok", counts)
    else:
        yield Finding("sources", "warning", counts, "newsbot sources enable KEY")


def check_disk(settings: Configuration) -> Findings:
    """Yield whether there is room for what crawls store."""
    folder = _nearest_folder(Path(settings.archive_dir or "."))
    free = shutil.disk_usage(folder).free
    detail = f"{free / 1024**3:.1f} GiB are free at {folder.absolute()}"
    advice = "make room; newsbot archive prune and newsbot db prune remove what is old"
    if free < TOO_LITTLE_BYTES:
        yield Finding("disk", "problem", detail, advice)
    elif free < LITTLE_BYTES:
        yield Finding("disk", "warning", detail, advice)
    else:
        yield Finding("disk", "ok", detail)


def check_contact(settings: Configuration) -> Findings:
    """Yield whether sites can ask about the crawls."""
    if settings.contact:
        yield Finding("contact", "ok", f'sites see "{settings.user_agent}"')
    else:
        detail = f'sites see "{settings.user_agent}", and cannot ask whom it is from'
        yield Finding("contact", "warning", detail, "set contact in newsbot.toml: a page or a mail address")


def check_engine(settings: Configuration) -> Findings:
    """Yield whether names are found, with the models that come with newsbot."""
    try:
        engine = load_engine(settings.entity_engine)
        found = engine.recognize(SENTENCE, "en")
        label = engine_label(engine, "en")
    except (NewsbotError, OSError, RuntimeError) as error:
        yield Finding("engine", "problem", str(error), "install newsbot anew, or set entity_engine")
        return
    if found or settings.entity_engine == "none":
        yield Finding("engine", "ok", f"{label} reads English")
    else:
        yield Finding(
            "engine",
            "warning",
            f"{label} finds no name in {SENTENCE!r}",
            "see docs/entities.md: entity_engine",
        )


def check_deliveries(settings: Configuration) -> Findings:
    """Yield whether the tables of watches and outputs are right."""
    tables = (
        ("watches", lambda: read_watch_tables(settings.watch, {})),
        ("outputs", lambda: read_output_tables(settings.output)),
    )
    for name, read in tables:
        try:
            count = len(read())
        except NewsbotError as error:
            yield Finding(name, "problem", str(error), "correct it in newsbot.toml")
        else:
            yield Finding(name, "ok", f"{count} in newsbot.toml")


def check_extras(settings: Configuration) -> Findings:
    """Yield which extras are installed, and which of the others the settings or the sources ask for."""
    installed = {extra for extra, module in EXTRAS.items() if find_spec(module)}
    there = f"installed: {', '.join(sorted(installed)) or 'none'}"
    missing = sorted(EXTRAS.keys() - installed)
    yield Finding("extras", "ok", there + (f"; not installed: {', '.join(missing)}" if missing else ""))
    for extra, reason in _asked_for(settings):
        if extra not in installed:
            yield Finding("extras", "warning", f"{reason} needs {extra}", f"pip install 'newsbot[{extra}]'")


def _asked_for(settings: Configuration) -> list[tuple[str, str]]:
    """Return extras that are of use here, and why."""
    asked = [("languages", "embeddings")] if settings.embeddings else []
    if settings.metrics or settings.traces or settings.log_format == "json":
        asked.append(("observe", "metrics, traces or log_format"))
    if settings.archive_url:
        scheme = settings.archive_url.partition("://")[0]
        asked.append((OBJECT_STORES.get(scheme, "files"), f"archive_url ({scheme}://)"))
    rendered = [source.key for source in _sources(settings) if source.enabled and source.render]
    return asked + ([("render", f"the source {rendered[0]} (render = true)")] if rendered else [])


def _sources(settings: Configuration) -> list[Source]:
    try:
        return list(load_sources(settings.sources).values())
    except NewsbotError:  # check_sources reports it
        return []


def _nearest_folder(path: Path) -> Path:
    """Return a folder, or else the nearest one above it that exists."""
    return next((folder for folder in (path, *path.absolute().parents) if folder.is_dir()), Path("/"))
