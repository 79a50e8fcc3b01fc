from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.languages.calendar.dates import parse_date
from newsbot.languages.calendar.month_names import languages_with_names, names_of_months

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    "text",
    [
        "2021-10-21T14:19:00Z",
        "2021-10-21T14:19:00.000Z",
        "2021-10-21T14:19:00.123456789Z",
        "2021-10-21T16:19:00+02:00",
        "2021-10-21T16:19:00+0200",
        "2021-10-21T16:19+02",
        "2021-10-21 10:19:00 -0400",
        "2021-10-21T 14:19:00",
        "2021-10-21T14:19:00Z[UTC]",
        "2021-10-21T16:19:00+02:00[Europe/Paris]",
        "2021-10-21 14:19:00 +0000 UTC",
        "2021-10-21T10:19:00EDT",
        "2021/10/21 14:19",
        "20211021T141900Z",
        "20211021141900",
        "202110211419",
        "1634825940",
        "1634825940000",
        "Thu, 21 Oct 2021 14:19:00 GMT",
        "Thu, 21 Oct 2021 16:19:00 +0200",
        "Thu Oct 21 2021 14:19:00 GMT+0000 (Coordinated Universal Time)",
        "Thu Oct 21 14:19:00 UTC 2021",
        "21 Oct, 2021 14:19",
        "21/10/2021 14:19",
        "21-10-2021, 14:19",
        "10/21/2021 2:19 PM",
        "21.10.2021 - 14:19",
        "21.10.2021, 14.19 Uhr",
        "21. 10. 2021 14:19",
        "2021. 10. 21. 14:19",
        "2021年10月21日 14時19分",
        "2021年10月21日 下午2:19",
        "2021년 10월 21일 오후 2:19",
        "Oct 21, 2021 2:19 p.m.",
        "October 21st, 2021 at 2:19pm UTC",
        "Published: Thursday 21 October 2021, 10:19 AM ET | Updated 22 October 2021",
        "21 October 2021 | 2:19 pm",
    ],
)
def test_all_forms_of_a_date_give_the_same_moment(text: str) -> None:
    assert parse_date(text) == utc(2021, 10, 21, 14, 19)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("21. Oktober 2021, 14:19 Uhr", "de"),
        ("Donnerstag, 21. Oktober 2021 um 14:19", None),
        ("Publié le 21 octobre 2021 à 14h19", "fr"),
        ("Publicado el 21 de octubre de 2021 14:19", "es"),
        ("21 de outubro de 2021 às 14h19", "pt"),
        ("21 октября 2021, 14:19", "ru"),
        ("21 Ekim 2021 Perşembe 14:19", "tr"),
        ("21 października 2021, 14:19", "pl"),
        ("21. lokakuuta 2021 klo 14.19", "fi"),
        ("21 أكتوبر 2021 14:19", "ar"),
        ("21. října 2021 14:19", "cs-CZ"),
        ("21 ottobre 2021 alle 14:19", "it"),
        ("2021. október 21., 14:19", "hu"),
        ("21. listopada 2021. u 14:19", "hr"),
        ("21 d’octubre del 2021, 14:19", "ca"),
        ("Okt 21, 2021 14:19", "de"),
    ],
)
def test_month_names_of_many_languages(text: str, language: str | None) -> None:
    assert parse_date(text, language=language) == utc(2021, 10, 21, 14, 19)


@pytest.mark.parametrize("language", languages_with_names())
def test_every_month_name_is_read_in_its_language(language: str) -> None:
    names = names_of_months(language)
    found = {name: parse_date(f"3 {name} 2021", language=language) for name in names}
    assert found == {name: utc(2021, month, 3) for name, month in names.items()}
    assert set(names.values()) == set(range(1, 13))


def test_a_name_of_two_months_is_read_in_the_language_of_the_page() -> None:
    assert parse_date("3 listopada 2021", language="hr-HR") == utc(2021, 10, 3)
    assert parse_date("3 listopada 2021", language="pl") == utc(2021, 11, 3)
    assert parse_date("3 listopada 2021") == utc(2021, 11, 3)


def test_a_finnish_month_is_not_read_as_an_english_one_with_the_same_start() -> None:
    assert parse_date("21. marraskuuta 2021", language="fi") == utc(2021, 11, 21)


def test_a_word_between_numbers_that_is_not_a_month_gives_no_date() -> None:
    assert parse_date("Main street 9, 8200") is None
    assert parse_date("31 people 2021") is None


def test_a_date_without_an_offset_is_read_in_the_given_zone() -> None:
    assert parse_date("2021-10-21 14:19", ZoneInfo("Europe/Berlin")) == utc(2021, 10, 21, 12, 19)
    assert parse_date("2021-10-21 14:19Z", ZoneInfo("Europe/Berlin")) == utc(2021, 10, 21, 14, 19)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-27 10:00 MET", 9),
        ("2026-07-27 10:00 MEST", 8),
        ("Fri, 27 Nov 2026 10:00:00 MSK", 7),
        ("Fri, 27 Nov 2026 10:00:00 UT", 10),
        ("Fri, 27 Nov 2026 10:00:00 AKST", 19),
        ("2026-11-27 10:00 Europe/Berlin", 9),
        ("2026-07-27T10:00:00[Europe/Berlin]", 8),
        ("Fri, 27 Nov 2026 10:00:00 America/Los_Angeles", 18),
        ("2026-11-27 10:00 America/Argentina/Buenos_Aires", 13),
        ("2026-11-27T10:00:00+02:00[Europe/Berlin]", 8),
        ("2026-11-27 10:00 --0500", 15),
        ("2026-11-27T10:00:00+-05:00", 15),
    ],
)
def test_names_of_zones_and_offsets_with_two_signs_give_the_hour(text: str, hour: int) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert (moment.day, moment.hour) == (27, hour)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "America/Argentina", "Europe/../../etc/passwd", "Etc/"])
def test_a_zone_that_does_not_exist_is_as_none(zone: str) -> None:
    assert parse_date(f"2026-11-27 10:00 {zone}", ZoneInfo("Europe/Berlin")) == utc(2026, 11, 27, 9)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Thu, 21 Oct 21 14:19:00 GMT", 2021),
        ("21 Oct 21 14:19 +0000", 2021),
        ("Thursday, 21-Oct-99 14:19:00 GMT", 1999),
        ("21/10/21 14:19", 2021),
        ("21.10.99, 14:19", 1999),
        ("99-10-21 14:19", 1999),
        ("99/10/21 14:19", 1999),
    ],
)
def test_years_of_two_digits_are_of_1950_to_2049(text: str, year: int) -> None:
    assert parse_date(text) == utc(year, 10, 21, 14, 19)


def test_a_year_of_two_digits_without_a_time_of_day_needs_a_text_that_is_a_date() -> None:
    assert parse_date("Thu, 21 Oct 21") == utc(2021, 10, 21)
    assert parse_date("The 21 March 21 others came") is None


def test_two_hyphens_between_three_short_numbers_are_a_date_only_in_languages_that_write_the_day_first() -> (
    None
):
    assert parse_date("03-12-31") is None
    assert parse_date("03-12-31", language="sv") is None
    assert parse_date("03-12-21", language="nl-BE") == utc(2021, 12, 3)


def test_a_day_without_a_time_is_its_midnight() -> None:
    assert parse_date("21 October 2021") == utc(2021, 10, 21)


@pytest.mark.parametrize(
    ("language", "month"),
    [("en-US", 5), ("en-GB", 6), ("de", 6), (None, 6)],
    ids=["American", "British", "German", "unknown"],
)
def test_month_comes_first_only_in_languages_that_write_it_first(language: str | None, month: int) -> None:
    expected = utc(2021, month, 11 - month)
    assert parse_date("05/06/2021", language=language) == expected


def test_midnight_as_24_hours_is_the_next_day() -> None:
    assert parse_date("2021-10-21 24:00") == utc(2021, 10, 22)


def test_noon_and_midnight_on_twelve_hour_clocks() -> None:
    assert parse_date("Oct 21, 2021 12:05 am") == utc(2021, 10, 21, 0, 5)
    assert parse_date("Oct 21, 2021 12:05 pm") == utc(2021, 10, 21, 12, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "14:19",
        "May",
        "2021",
        "2021-13-45",
        "31 February 2021",
        "1989-12-31",
        "0001-01-01",
        "9999-12-31",
        "call 555-2021",
        "06/1/2",
        "2003-012-31",
        "\ud800",
    ],
)
def test_texts_without_a_plausible_date_give_none(text: str) -> None:
    assert parse_date(text) is None


def test_dates_more_than_a_day_in_the_future_are_ignored() -> None:
    assert parse_date("2026-05-01T23:00Z", now=NOW) == utc(2026, 5, 1, 23)
    assert parse_date("2026-05-03", now=NOW) is None


@given(st.text(alphabet=st.characters() | st.sampled_from("0123456789:-/.TZ+ ,apm年月日"), max_size=60))
def test_any_text_gives_a_plausible_moment_or_none(text: str) -> None:
    moment = parse_date(text, now=NOW)
    assert moment is None or (moment.tzinfo is UTC and moment <= NOW + timedelta(days=1))
