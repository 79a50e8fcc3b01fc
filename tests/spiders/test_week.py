"""The simulated week of benchmarks/week.py, cut to some hours of a few sites: what it crawls, and that it finds faults."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("time_machine")

from benchmarks.week import Report, Week, asked_while_held, judge, outcomes, simulate, tell
from benchmarks.week_sites import HOUR_S, Asked, Site, Trouble, make_sites
from newsbot.sources.health import Flag
from newsbot.store.database import Database
from newsbot.store.schema.models import ArticleRow
from tests.crawling import in_reactor


def site_with(trouble: Trouble | None) -> Site:
    return Site(1, "rss", "", trouble, 1.0, 10, (), 80)


def week_of(*sites: Site, asked: list[Asked] | None = None) -> Week:
    return Week(list(sites), 24 * HOUR_S, "sqlite://", asked=asked or [])


@in_reactor
@pytest.mark.slow
async def test_hours_of_a_few_sites_lose_nothing_and_are_judged_by_what_is_stored(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'week.db'}"  # the clock of a server cannot be moved
    week = await simulate(
        seed=1, number=4, days=0.375, database_url=database_url, folder=tmp_path, say=lambda line: None
    )
    text, faults = tell(week)
    assert faults == 0, text
    stored = [outcome for outcome in outcomes(week) if outcome.name == "stored"]
    assert stored
    database = Database(database_url).open()
    with database.write() as session:
        session.delete(session.get(ArticleRow, stored[0].row.id))
        double = session.get(ArticleRow, stored[1].row.id)
        assert double is not None
        values = {
            column.key: getattr(double, column.key)
            for column in ArticleRow.__table__.columns
            if column.key != "id"
        }
        session.add(ArticleRow(**values))
    database.close()
    assert {outcome.name for outcome in outcomes(week)} >= {"missed", "twice"}
    assert tell(week)[1] == 2


def test_a_request_before_the_time_that_a_host_has_named_counts() -> None:
    asked = [
        Asked(0.0, "127.0.1.1", 1, "list", "/feed.xml", 429, 60.0),
        Asked(30.0, "127.0.1.1", 1, "page", "/a", 200),
        Asked(61.0, "127.0.1.1", 1, "page", "/b", 200),
    ]
    assert asked_while_held(week_of(site_with(None), asked=asked)) == [
        "127.0.1.1 /a at Mon 00:00, 30 s too early"
    ]


def test_flags_are_compared_with_what_was_wrong() -> None:
    down = site_with(Trouble("refused", 2, 20))
    flag = Flag(source=down.key, kind="not reached", detail="nothing of it")
    assert judge(week_of(down), Report(12 * HOUR_S, [flag])).right
    assert judge(week_of(down), Report(12 * HOUR_S, [])).missed
    assert judge(week_of(site_with(None)), Report(12 * HOUR_S, [flag])).false


def test_the_sites_of_a_seed_are_always_the_same() -> None:
    first, again, other = (make_sites(seed=seed, number=50, days=7, port=80) for seed in (1, 1, 2))
    assert first == again
    assert [site.stories for site in first] != [site.stories for site in other]
