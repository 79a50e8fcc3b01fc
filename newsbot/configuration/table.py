"""The one table of newsbot's settings. What a setting is, is said here and nowhere else.

`newsbot settings`, the names that Scrapy reads (`newsbot.settings`) and the table of the documentation are made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from newsbot import __version__
from newsbot.configuration import accepted_values as accept
from newsbot.masking import MASK, masked_setting

PREFIX = "NEWSBOT_"
"""What the names of settings begin with in the environment and in Scrapy's settings."""

Texts = Annotated[tuple[str, ...], BeforeValidator(accept.parts)]
Filled = Annotated[str, AfterValidator(accept.filled)]
Whole = BeforeValidator(accept.number)
Network = Annotated[accept.Network, BeforeValidator(accept.network)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(accept.parts)]
Days = Annotated[int, BeforeValidator(accept.days_kept)]
Tables = tuple[Mapping[str, Any], ...]

KEPT_DAYS = "a number of days from 14, for `newsbot db prune`; 0 or empty: for ever"


def setting(default: Any, accepted: str, purpose: str, *, is_path: bool = False, words: str = "") -> Any:
    """Return the field of a setting: its default, the accepted values and its purpose in words.

    A file may give a path relative to its own folder. `words` are a default that depends on the machine."""
    extra: JsonDict = {"accepted": accepted, "is_path": is_path, "words": words}
    return Field(default, description=purpose, json_schema_extra=extra)


class Configuration(BaseModel):
    """Newsbot's settings, checked and converted. The values are those given to it: `origins` finds them."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    database_url: Filled = setting(
        "sqlite:///newsbot.db",
        "a database URL: sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME",
        "where articles are kept",
        is_path=True,
    )
    queue_url: str = setting(
        "",
        "a database URL: postgresql+psycopg://USER@HOST/NAME; empty: the database of the articles",
        "where the jobs of many machines wait",
    )
    sources: str = setting(
        "",
        "a TOML file or a folder of them; empty: the catalog in the package",
        "what the news spider crawls",
        is_path=True,
    )
    archive_dir: str = setting(
        "archive",
        "a folder, made when it is needed; empty: not kept",
        "where answers of the network are kept as WARC",
        is_path=True,
    )
    archive_url: Annotated[str, AfterValidator(accept.store_url)] = setting(
        "",
        "a URL of an object store (s3://BUCKET/PREFIX, gs://...); empty: files stay in archive_dir",
        "where complete files of the archive are uploaded to; archive_dir is their spool",
    )
    keep_fetches_days: Days = setting(
        30,
        KEPT_DAYS,
        "for how long rows of requests are kept; those that articles were read from stay",
    )
    keep_frontier_days: Days = setting(
        180,
        KEPT_DAYS,
        "for how long URLs that will not be fetched again stay in the frontier",
    )
    keep_rejects_days: Days = setting(
        365,
        KEPT_DAYS,
        "for how long is kept why pages are no articles, unless they are tried again",
    )
    keep_raw_pages_days: Days = setting(
        0,
        KEPT_DAYS,
        "for how long answers stay in the archive; those that articles were read from stay for ever",
    )
    contact: Annotated[str, AfterValidator(accept.contact)] = setting(
        "",
        "the address of a page, or a mail address; empty: none",
        "whom sites can ask about your crawls; it is part of the user agent",
    )
    user_agent: Annotated[str, AfterValidator(accept.one_line_text)] = setting(
        "",
        "a line of text; empty: newsbot, its version and the contact",
        "how the spiders introduce themselves",
    )
    entity_engine: Annotated[Filled, BeforeValidator(accept.joined)] = setting(
        "auto",
        "auto, none, an engine's name, or an import path; several, separated by commas",
        "what finds people, organisations and places",
    )
    embeddings: bool = setting(
        False,
        "true or 1 (computed), false or 0 (not computed)",
        "whether vectors of articles are computed, by which related ones are found",
    )
    allowed_networks: Networks = setting(
        (),
        "networks, as a list or separated by commas (127.0.0.0/8,10.1.0.0/16)",
        "private networks that may be fetched",
    )
    tls_verify: bool = setting(
        True,
        "true or 1 (verified), false or 0 (any certificate is accepted)",
        "whether the certificates of servers are verified",
    )
    max_page_bytes: Annotated[int, Whole, Field(gt=0)] = setting(
        10 * 1024 * 1024,
        "a number of bytes above 0",
        "decompressed size above which a page is rejected, in bytes",
    )
    browser: str = setting(
        "",
        "the path or name of a Chromium or Chrome; empty: the one on PATH, else Playwright's own",
        "what renders the pages of sources with render = true",
    )
    workers: Annotated[int, Whole, Field(ge=0)] = setting(
        accept.other_cores(),
        "a number of processes; 0: the crawl's own process does the work",
        "processes that read pages and recognise entities beside the one that fetches and stores",
        words="the cores of the machine but one",
    )
    stubs: bool = setting(
        True,
        "true or 1 (kept), false or 0 (not kept)",
        "whether what feeds say of articles is kept while their pages cannot be read",
    )
    web_token: Annotated[str, Field(repr=False)] = setting(
        "",
        "any text; empty: none",
        "what `newsbot serve` asks readers for, as a password or Bearer token",
    )
    web_url: Annotated[Texts, AfterValidator(accept.site_urls)] = setting(
        (),
        "the URL of the site (https://news.example/ or with a path), or several of the same path, separated by commas",
        "under which address readers reach `newsbot serve`, if a proxy stands in front; links use the first one",
    )
    web_cors: Annotated[Texts, AfterValidator(accept.origins)] = setting(
        (),
        "origins of other sites (https://notebook.example), separated by commas; *: any; empty: none",
        "whose pages may read the API and the feeds of `newsbot serve` in a browser",
    )
    metrics: Annotated[str, AfterValidator(accept.listen_address)] = setting(
        "",
        "an address to listen at, as HOST:PORT or PORT (then 127.0.0.1); port 0: any; empty: none",
        "where a crawl serves its counts to Prometheus while it runs (extra `observe`)",
    )
    log_format: Annotated[Literal["text", "json"], BeforeValidator(accept.filled)] = setting(
        "text",
        "text (lines for people), json (an object a line, extra `observe`)",
        "how crawls write their log",
    )
    traces: bool = setting(
        False,
        "true or 1 (sent), false or 0 (not sent)",
        "whether the steps of every page are sent to OpenTelemetry (extra `observe`); OTEL_* variables say where to",
    )
    watch: Tables = setting((), "[[watch]] tables in the file of settings", "standing searches that notify")
    output: Tables = setting(
        (), "[[output]] tables in the file of settings", "where changes of articles are sent"
    )

    @field_validator("user_agent")
    @classmethod
    def _introduce(cls, value: str, info: ValidationInfo) -> str:
        if value.strip():
            return value
        address = info.data.get("contact")
        return f"newsbot/{__version__} (+{address})" if address else f"newsbot/{__version__}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings."""

    key: str
    """Its name in the file of settings."""
    default: Any
    default_in_words: str
    accepted: str
    """The accepted values in words, for the end of an error message."""
    purpose: str
    is_path: bool
    """Whether a file may give it relative to its own folder."""

    @property
    def name(self) -> str:
        """Its name in the environment and in Scrapy's settings."""
        return PREFIX + self.key.upper()

    @property
    def is_secret(self) -> bool:
        """Whether its value is never shown."""
        return masked_setting(self.name, "value") == MASK

    @property
    def is_table(self) -> bool:
        """Whether only the file of settings can have it, as tables."""
        return self.key in {"watch", "output"}


def as_text(value: Any) -> str:
    """Return the value of a setting as the environment writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _row(key: str, field: FieldInfo) -> Setting:
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    return Setting(
        key=key,
        default=field.default,
        default_in_words=str(extra["words"]) or as_text(field.default),
        accepted=str(extra["accepted"]),
        purpose=str(field.description),
        is_path=bool(extra["is_path"]),
    )


SETTINGS = {key: _row(key, field) for key, field in Configuration.model_fields.items()}
"""Key -> setting."""
