from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.extraction.saved_text import UPDATE_LABELS, parse_saved_text
from newsbot.items import article_json
from tests.word_list_examples import by_language

FIXTURES = Path(__file__).parents[2] / "fixtures"

FERRY = """The night ferry between Port Allen and the Marrow Islands will sail again from April, eleven years after it was withdrawn, the county said on Tuesday.

“People have asked me about it every single week,” said transport chief Ines Okafor. “Share it with your grandmother, I tell them.”

What it will cost

A single fare will be 12 pounds, half of what the morning plane charges. Islanders travel free until the end of the year."""

TRAM_DE = """Die Straßenbahn nach Oberwalde fährt ab Montag wieder bis zur Endhaltestelle, teilten die Stadtwerke am Freitag mit.

Die Strecke war nach dem Hochwasser im Herbst gesperrt worden. Rund 4000 Fahrgäste mussten seitdem auf Busse umsteigen.

„Wir haben jeden Meter Gleis neu verlegt“, sagte Projektleiterin Britta Sommerfeld."""

MARKET_ES = """El mercado de Santa Olalla reabrirá el jueves con cuarenta puestos menos que antes del incendio, anunció el ayuntamiento.

Los comerciantes han trabajado seis meses en una carpa junto al río. «Aquí llovía dentro», recuerda Pilar Domínguez, pescadera desde 1998.

La reconstrucción ha costado tres millones de euros, la mitad de lo previsto."""

BRIDGE_JA = """市は火曜日、老朽化した若葉橋の架け替え工事を来年四月に始めると発表した。工事の期間はおよそ三年で、総事業費は四十億円を見込む。

橋は一九六二年に完成し、毎日約九千台の車が通る。市の担当者は「通学の時間帯には片側を必ず開ける」と話した。

新しい橋には幅三メートルの歩道が設けられる。"""

LIBRARY_RU = """Городская библиотека в Новолуцке с понедельника будет работать до полуночи, сообщила мэрия в пятницу.

По словам директора Анны Лебедевой, студенты давно просили об этом. «Они всё равно сидели у нас на лестнице», — сказала она.

Опыт продлится до конца учебного года, после чего решение пересмотрят."""


def page(*parts: str) -> str:
    return "\n".join(parts)


CASES = [
    pytest.param(
        page(
            "Skip to content",
            "Home",
            "News",
            "Islands",
            "Weather",
            "The Harbour Gazette",
            "",
            "Night ferry returns after eleven years",
            "By Tom Ashdown and Lena Brandt",
            "Published: 14 March 2026, 9.05am GMT | Updated: 15 March 2026",
            "",
            "Share",
            "Facebook",
            "WhatsApp",
            "Copy link",
            "",
            FERRY,
            "",
            "Sign up for our free newsletter and never miss a story.",
            "",
            "Related stories",
            "Plane fares rise again",
            "Island school wins prize",
            "We use cookies to improve your visit. Accept all cookies",
        ),
        (
            "Night ferry returns after eleven years",
            ["Tom Ashdown", "Lena Brandt"],
            "2026-03-14T09:05",
            "en",
            FERRY,
        ),
        id="menus, byline, dates, social buttons, related links, cookies; headline once",
    ),
    pytest.param(
        page(
            "Night ferry returns after eleven years - The Harbour Gazette",
            "Night ferry returns after eleven years",
            "March 14, 2026 9:05 AM ET",
            FERRY.replace("\n\n", "\n"),
            "Like this article? Share it!",
            "© 2026 The Harbour Gazette. All rights reserved.",
        ),
        ("Night ferry returns after eleven years", [], "2026-03-14T13:05", "en", FERRY),
        id="one line a paragraph, site's name behind the first headline, American date",
    ),
    pytest.param(
        page(
            "Straßenbahn nach Oberwalde fährt wieder",
            "",
            "Straßenbahn nach Oberwalde fährt wieder",
            "",
            "Von Jannik Petersen",
            "13. März 2026, 17:30 Uhr",
            "",
            TRAM_DE,
            "",
            "Diesen Artikel teilen",
            "Lesen Sie auch: Busse fahren öfter",
            "Mehr aus der Region",
            "Freibad öffnet im Mai",
            "Kommentare",
        ),
        ("Straßenbahn nach Oberwalde fährt wieder", ["Jannik Petersen"], "2026-03-13T17:30", "de", TRAM_DE),
        id="German",
    ),
    pytest.param(
        page(
            "ico-menuico-buscarico-cerrarico-flechaico-compartirico-imprimirico-correo",
            "El mercado de Santa Olalla reabre sus puertas este jueves",
            "Redacción",
            "Publicado el 5 de febrero de 2026 08:15",
            "",
            MARKET_ES,
            "",
            "¿Te ha gustado? Comparte esta noticia con tus amigos",
            "Te puede interesar",
            "Suben los alquileres en el centro",
            "El río baja con menos agua",
        ),
        (
            "El mercado de Santa Olalla reabre sus puertas este jueves",
            [],
            "2026-02-05T08:15",
            "es",
            MARKET_ES,
        ),
        id="Spanish, icons with another name",
    ),
    pytest.param(
        page(
            "ホーム",
            "社会",
            "若葉橋の架け替え、来年四月に着工へ",
            "2026年2月10日 14時30分",
            "シェア",
            "印刷",
            "",
            BRIDGE_JA,
            "",
            "関連記事",
            "駅前に新しい図書館",
            "無断転載を禁じます",
        ),
        ("若葉橋の架け替え、来年四月に着工へ", [], "2026-02-10T14:30", "ja", BRIDGE_JA),
        id="Japanese",
    ),
    pytest.param(
        page(
            "Новолуцкие вести",
            "Главная",
            "Город",
            "Библиотека в Новолуцке откроется по ночам",
            "Библиотека в Новолуцке откроется по ночам",
            "17 января 2026, 12:40",
            LIBRARY_RU,
            "Поделитесь с друзьями!",
            "Читайте также",
            "В парке починили фонтан",
        ),
        ("Библиотека в Новолуцке откроется по ночам", [], "2026-01-17T12:40", "ru", LIBRARY_RU),
        id="Russian",
    ),
    pytest.param(
        page(
            "NIGHT FERRY RETURNS AFTER ELEVEN YEARS",
            "Tom Ashdown, 2026-03-14 09:05",
            "",
            *(re.sub("(.{50,70}) ", r"\1\n", part) + "\n" for part in FERRY.split("\n\n")),
        ),
        ("NIGHT FERRY RETURNS AFTER ELEVEN YEARS", ["Tom Ashdown"], "2026-03-14T09:05", "en", FERRY),
        id="lines wrapped at a fixed width, author beside the date",
    ),
    pytest.param(FERRY, (None, [], None, "en", FERRY), id="paragraphs alone"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_article_is_found_among_navigation_and_notices(
    text: str, expected: tuple[str, list[str], str, str, str]
) -> None:
    title, authors, published, language, body = expected
    article = parse_saved_text(text, url="https://gazette.example/a", now=datetime(2026, 5, 1, tzinfo=UTC))
    assert article.title == title
    assert article.authors == authors
    assert (article.published_at and article.published_at.strftime("%Y-%m-%dT%H:%M")) == published
    assert article.language == language
    assert article.body == body
    assert article.kind == "article"


def test_saved_article_gives_exactly_its_ten_paragraphs() -> None:
    folder = FIXTURES / "saved-article"
    article = parse_saved_text((folder / "input.txt").read_text("utf-8"), url=None)
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    found = article_json(article)
    assert found["kind"] == "article"
    assert {name: found[name] for name in expected} == expected


def test_date_without_zone_is_read_in_the_given_zone() -> None:
    text = page("Night ferry returns after eleven years", "14 July 2026 09:05", FERRY)
    article = parse_saved_text(text, url=None, timezone=ZoneInfo("Europe/Paris"))
    assert article.published_at == datetime(2026, 7, 14, 7, 5, tzinfo=UTC)


def test_update_line_gives_the_time_of_change() -> None:
    text = page(
        "Night ferry returns after eleven years",
        "Updated: 15 March 2026 10:00",
        "Published: 14 March 2026 09:05",
        FERRY,
    )
    article = parse_saved_text(text, url=None)
    assert article.published_at == datetime(2026, 3, 14, 9, 5, tzinfo=UTC)
    assert article.modified_at == datetime(2026, 3, 15, 10, 0, tzinfo=UTC)


@by_language(label=UPDATE_LABELS)
def test_labels_of_updates_are_recognised_in_every_language(kind: str, texts: list[str]) -> None:
    pages = [
        page("Night ferry returns after eleven years", f"{text.capitalize()}: 15 March 2026", FERRY)
        for text in texts
    ]
    found = [parse_saved_text(text, url=None).modified_at for text in pages]
    assert found == [datetime(2026, 3, 15, tzinfo=UTC)] * len(texts)


@pytest.mark.parametrize(
    "text",
    ["", "\n\n \n", "Home\nNews\nSport\nLogin", "icon aicon bicon cicon dicon eicon ficon gicon hicon i"],
)
def test_page_without_paragraphs_is_empty(text: str) -> None:
    article = parse_saved_text(text, url=None)
    assert (article.kind, article.body, article.word_count) == ("empty", "", 0)


@given(st.text(max_size=300))
def test_any_text_gives_an_article_or_an_empty_page(text: str) -> None:
    article = parse_saved_text(text, url=None)
    assert article.kind in ("article", "empty")
    article.body.encode("utf-8")
