"""What a poll gives: links, further sitemaps, and what was left out. All publishers are made up."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from newsbot.discovery.feeds import MAX_ENTRIES
from newsbot.discovery.links import date_in_path
from newsbot.discovery.polls import MAX_UNDATED, PollResult, read_poll
from newsbot.discovery.sitemaps import MAX_SITEMAP_LINKS
from newsbot.sources.model import Source

HOME = "https://courier.example/"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SOURCE = Source(key="courier", name="The Courier", homepage=HOME)


def poll(kind: str, text: str) -> PollResult:
    return read_poll(kind, text.encode(), f"{HOME}polled.xml", SOURCE, now=NOW)


def urlset(paths: list[str], lastmod: str = "") -> str:
    last = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<urlset>{''.join(f'<url><loc>{HOME}{path}</loc>{last}</url>' for path in paths)}</urlset>"


def index(children: dict[str, str]) -> str:
    entries = (
        f"<sitemap><loc>{HOME}{name}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for name, day in children.items()
    )
    return f"<sitemapindex>{''.join(entries)}</sitemapindex>"


def paths(result: PollResult) -> list[str]:
    return [link.url.removeprefix(HOME) for link in result.links]


def test_index_gives_all_its_children_and_polls_the_newest() -> None:
    days = {f"{number}.xml": f"2026-11-{number:02}" for number in range(1, 29)}
    result = poll("sitemap", index(days))
    assert [url.removeprefix(HOME) for _, url in result.feeds] == [
        "28.xml",
        "27.xml",
        "26.xml",
        "25.xml",
        "24.xml",
    ]
    assert result.listed == frozenset(HOME + name for name in days)
    assert result.child_dates[f"{HOME}7.xml"] == datetime(2026, 11, 7, tzinfo=UTC)
    assert (result.links, result.whole, result.note) == ((), True, None)


def test_of_children_modified_at_the_same_time_both_ends_are_polled() -> None:
    result = poll("sitemap", index({f"{number}.xml": "2026-11-28" for number in range(40)}))
    polled = [url.removeprefix(HOME) for _, url in result.feeds]
    assert polled == ["39.xml", "0.xml", "38.xml", "1.xml", "37.xml"]


def test_index_without_dates_gives_its_children_without_dates() -> None:
    result = poll("sitemap", index({"a.xml": "", "b.xml": ""}))
    assert result.listed == frozenset({f"{HOME}a.xml", f"{HOME}b.xml"})
    assert not result.child_dates


def test_an_empty_index_lists_nothing_and_other_documents_are_no_index() -> None:
    assert poll("sitemap", index({})).listed == frozenset()
    assert poll("sitemap", urlset(["a"])).listed is None
    assert poll("feed", "<rss><channel/></rss>").listed is None


def test_feed_named_as_sitemap_is_read_as_a_feed() -> None:
    rss = poll("sitemap", "<rss><channel><ttl>15</ttl><item><link>/a</link></item></channel></rss>")
    atom = poll("sitemap", '<feed><entry><link href="/a"/></entry></feed>')
    assert (paths(rss), rss.ttl_s, rss.problem) == (["a"], 900, None)
    assert (paths(atom), atom.problem) == (["a"], None)


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        ("sitemap", "<html></html>", "not a sitemap"),
        ("feed", "<html></html>", "neither RSS, Atom nor JSON Feed"),
        ("feed", urlset(["a"]), "a sitemap, not a feed"),
    ],
)
def test_problem_says_what_the_document_is_not(kind: str, text: str, problem: str) -> None:
    assert poll(kind, text).problem == problem


def test_of_many_links_without_dates_those_with_a_new_date_in_the_path_are_taken_and_the_rest_is_noted() -> (
    None
):
    archive = [f"story-{number}" for number in range(MAX_UNDATED)]
    dated = ["2026/11/28/a", "2026-11-27-b", "c/20261126", "2026/nov/25/d", "2026/11/29/in-the-east"]
    too_old_or_new = ["2026/11/01/e", "2016/11/28/f", "2026/12/28/g"]
    result = poll("sitemap", urlset(archive + dated + too_old_or_new))
    assert paths(result) == dated
    assert (
        result.note
        == "1,008 links without dates: only those are taken that it adds from now on, or whose URL has a date of the last 7 days"
    )
    assert result.whole


def test_dated_links_of_a_large_sitemap_do_not_hide_a_few_undated_ones() -> None:
    text = urlset([f"{n}" for n in range(MAX_UNDATED + 1)], "2026-11-28").replace("</urlset>", "")
    result = poll("sitemap", f"{text}<url><loc>{HOME}undated</loc></url></urlset>")
    assert (len(result.links), paths(result)[-1], result.note) == (MAX_UNDATED + 2, "undated", None)


def test_note_says_that_a_sitemap_has_too_many_links() -> None:
    result = poll("sitemap", urlset([f"{n}" for n in range(MAX_SITEMAP_LINKS + 1)], "2026-11-28"))
    assert (result.whole, result.note) == (False, "more than 50,000 links: the rest is left out")


def test_note_says_that_only_the_newest_entries_of_a_feed_are_taken() -> None:
    items = "".join(f"<item><link>/{n}</link></item>" for n in range(MAX_ENTRIES + 1_000))
    result = poll("feed", f"<rss><channel>{items}</channel></rss>")
    assert (len(result.links), result.whole) == (MAX_ENTRIES, True)
    assert result.note == "3,000 entries: only the newest 2,000 are taken"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2026/11/28/slug", date(2026, 11, 28)),
        ("news/2026/1/5/", date(2026, 1, 5)),
        ("2026/nov/28/slug", date(2026, 11, 28)),
        ("slug-2026-11-28.html", date(2026, 11, 28)),
        ("a_2026_11_28", date(2026, 11, 28)),
        ("20261128-slug", date(2026, 11, 28)),
        ("view/AKR20261128012300001", date(2026, 11, 28)),
        ("2026/13/41/2026/11/28/slug", date(2026, 11, 28)),
        ("2026/11/slug", None),
        ("2026112", None),
        ("1128202611", None),
        ("slug?day=2026-11-28", None),
        ("slug", None),
    ],
)
def test_day_in_the_path_of_a_url(path: str, expected: date | None) -> None:
    assert date_in_path(HOME + path) == expected
