"""Crawls of servers with good and bad certificates, which an authority of the test has signed."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbot.errors import UsageError
from newsbot.store.queries import list_rejects, source_health
from tests.certificates import Authority
from tests.crawling import crawl, in_reactor, reading
from tests.pages import article_page
from tests.site import running_site
from tests.sites import Web, feed_of

HOST = "127.0.0.12"


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


def settings(folder: Path, **others: object) -> dict[str, object]:
    return {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
        "AUTOTHROTTLE_ENABLED": False,
        **others,
    }


def rejects(folder: Path) -> list[tuple[str, str]]:
    with reading(f"sqlite:///{folder / 'newsbot.db'}") as session:
        return [(reject.reason, reject.detail or "") for reject in list_rejects(session)]


@in_reactor
async def test_a_certificate_of_a_known_authority_is_accepted(tmp_path: Path, authority: Authority) -> None:
    with running_site(HOST, authority.server(HOST)) as site:
        outcome = await crawl("article", settings(tmp_path), url=site.html("/1", article_page(1)))
    assert outcome.stats["newsbot/store/new"] == 1


BAD: dict[str, Callable[[Authority, Path], ssl.SSLContext]] = {
    "tls-expired": lambda known, folder: known.server(HOST, ends_in_days=-1),
    "tls-wrong-host": lambda known, folder: known.server("wrong.example", "127.0.0.13"),
    "tls-self-signed": lambda known, folder: Authority(folder, "own").server(HOST, is_self_signed=True),
    "tls-unknown-issuer": lambda known, folder: Authority(folder, "stranger").server(HOST),
}


@pytest.mark.parametrize("reason", BAD)
@in_reactor
async def test_a_bad_certificate_is_a_reject_and_nothing_is_sent(
    tmp_path: Path, authority: Authority, reason: str
) -> None:
    with running_site(HOST, BAD[reason](authority, tmp_path)) as site:
        outcome = await crawl("article", settings(tmp_path), url=site.html("/1", article_page(1)))
        assert site.asked == []
    [(found, detail)] = rejects(tmp_path)
    assert found == reason
    assert detail.startswith(f"the certificate of {HOST} is refused: ")
    assert "retry/count" not in outcome.stats


@in_reactor
async def test_certificates_need_not_be_verified(tmp_path: Path, authority: Authority) -> None:
    stranger = Authority(tmp_path, "stranger")
    with running_site(HOST, stranger.server(HOST)) as site:
        url = site.html("/1", article_page(1))
        outcome = await crawl("article", settings(tmp_path, NEWSBOT_TLS_VERIFY=0), url=url)
    assert outcome.stats["newsbot/store/new"] == 1


@in_reactor
async def test_a_source_may_be_an_exception_and_others_are_not(tmp_path: Path, authority: Authority) -> None:
    web, tls = Web(tmp_path, f"sqlite:///{tmp_path / 'newsbot.db'}"), Authority(tmp_path, "own")
    with (
        running_site(HOST, tls.server(HOST)) as exempt,
        running_site("127.0.0.14", tls.server("x.example")) as other,
    ):
        for key, site, numbers in (("exempt", exempt, (1, 2)), ("other", other, (3, 4))):
            feed = feed_of(site, *numbers)
            web.add(key, site, feeds=[feed])
        web.catalog.write_text(
            web.catalog.read_text().replace('key = "exempt"', 'key = "exempt"\ntls_verify = false')
        )
        outcome = await web.crawl()
        assert sorted(article.source or "" for article in outcome.articles) == ["exempt", "exempt"]
        web.make_due()
        await web.crawl()
        assert other.asked == []
    with reading(web.database_url) as session:
        flags = {
            report.source: [(flag.kind, flag.detail) for flag in report.flags]
            for report in source_health(session, ["exempt", "other"], now=datetime.now(UTC))
        }
    assert flags["exempt"] == []
    [(kind, detail)] = flags["other"]
    assert kind == "failing feed"
    assert "the certificate of 127.0.0.14 is refused: no authority that is known here" in detail


@in_reactor
async def test_a_file_of_authorities_that_is_none_ends_the_run_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("missing.pem", "empty.pem"):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / name))
        with pytest.raises(UsageError, match=r"^SSL_CERT_FILE is .*; accepted: a file with certificates"):
            await crawl("article", settings(tmp_path), url="https://a.example/")
        (tmp_path / "empty.pem").touch()
