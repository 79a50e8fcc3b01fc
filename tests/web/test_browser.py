"""The pages in a real browser: read, clicked, typed into, in both colour schemes, on a phone and on a desk.

`NEWSBOT_SCREENSHOTS=docs/screenshots` writes the pictures that the README shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.web.app import create_app
from tests.web.addresses import every_kind
from tests.web.browser import CONTRAST, chromium, look, running, wait_until
from tests.web.newsroom import NOW, Newsroom, fill

SHOWN = {
    "home": "/",
    "search": "/search?q=tram+line",
    "entity": "/entities/",
    "article": "/articles/",
    "story": "/stories/",
}
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A newsroom on SQLite: what a browser shows is the same on both."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('browser') / 'newsbot.db'}").open()
    fill(database, Newsroom(articles=240, days=30, story_share=0.6))
    yield database
    database.close()


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="module")
def address(reader: webdriver.Chrome, newsroom: Database) -> Iterator[str]:
    with running(create_app(newsroom, now=lambda: NOW)) as started:
        yield started


@pytest.fixture(scope="module")
def pages(client: TestClient) -> list[str]:
    kinds = every_kind(client)
    return [path for path in kinds if not path.startswith(("/feed", "/static"))]


@pytest.mark.parametrize(("width", "scheme"), LOOKS, ids=[f"{width} {scheme}" for width, scheme in LOOKS])
def test_pages_fit_the_screen_and_texts_have_enough_contrast(
    reader: webdriver.Chrome, address: str, pages: list[str], width: int, scheme: str
) -> None:
    look(reader, width=width, scheme=scheme)
    for page in pages:
        reader.get(address + page)
        assert reader.execute_script("return document.documentElement.scrollWidth") <= width, page
        assert reader.execute_script(CONTRAST) == [], page
    complaints = [
        entry for entry in reader.get_log("browser") if "Content Security Policy" in entry["message"]
    ]
    assert complaints == []


def test_words_typed_into_the_page_are_searched(reader: webdriver.Chrome, address: str) -> None:
    look(reader, width=1280, scheme="light")
    reader.get(address)
    reader.find_element(By.CSS_SELECTOR, ".find input").send_keys('"Harbour Board"', Keys.ENTER)
    assert reader.find_elements(By.CSS_SELECTOR, ".results mark")
    assert reader.find_element(By.ID, "q").get_attribute("value") == '"Harbour Board"'


def test_a_facet_narrows_the_search_and_its_cross_widens_it(reader: webdriver.Chrome, address: str) -> None:
    def found() -> str:
        return reader.find_element(By.CSS_SELECTOR, ".summary strong").text

    reader.get(f"{address}/search?q=council")
    everything = found()
    facet = reader.find_element(By.CSS_SELECTOR, ".facets li")
    count = facet.find_element(By.CSS_SELECTOR, ".count").text
    facet.find_element(By.TAG_NAME, "a").click()
    wait_until(reader, lambda: found() != everything)
    assert found() == count
    reader.find_element(By.CSS_SELECTOR, ".chosen a").click()
    wait_until(reader, lambda: found() != count)
    assert found() == everything


def test_filters_and_names_can_be_typed(reader: webdriver.Chrome, address: str) -> None:
    look(reader, width=390, scheme="light")
    reader.get(f"{address}/search?q=council")
    reader.find_element(By.CSS_SELECTOR, ".query summary").click()
    reader.find_element(By.NAME, "entity").send_keys("Lisbon", Keys.ENTER)
    wait_until(reader, lambda: reader.find_element(By.CSS_SELECTOR, ".chosen").text == "Mentioned: Lisbon ×")
    assert reader.find_element(By.NAME, "entity").is_displayed()
    reader.get(f"{address}/entities")
    reader.find_element(By.ID, "name").send_keys("lisbon", Keys.ENTER)
    wait_until(reader, lambda: reader.find_element(By.TAG_NAME, "h1").text == "Lisbon")


def test_from_a_story_to_its_articles_and_their_people(reader: webdriver.Chrome, address: str) -> None:
    reader.get(address)
    reader.find_element(By.CSS_SELECTOR, "a.badge").click()
    changed = reader.find_element(By.CSS_SELECTOR, ".line details ins")
    assert changed.is_displayed()
    reader.find_element(By.CSS_SELECTOR, ".line details summary").click()
    assert not changed.is_displayed()
    reader.find_element(By.CSS_SELECTOR, ".line h3 a").click()
    name = reader.find_element(By.CSS_SELECTOR, ".reading a.name")
    title = str(name.get_attribute("title")).partition(": ")[2]
    name.click()
    wait_until(reader, lambda: reader.find_element(By.TAG_NAME, "h1").text == title)
    assert reader.find_element(By.CSS_SELECTOR, "svg.bars").is_displayed()


def test_the_keyboard_reaches_the_content_first(reader: webdriver.Chrome, address: str) -> None:
    reader.get(address)
    reader.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = reader.switch_to.active_element
    assert skip.text == "Skip to the content"
    skip.send_keys(Keys.ENTER)
    wait_until(reader, lambda: reader.current_url.endswith("#main"))


@pytest.mark.skipif(
    "NEWSBOT_SCREENSHOTS" not in os.environ, reason="NEWSBOT_SCREENSHOTS names no folder for pictures"
)
@pytest.mark.parametrize(("width", "scheme"), LOOKS, ids=[f"{width} {scheme}" for width, scheme in LOOKS])
def test_screenshots_for_the_readme(
    reader: webdriver.Chrome, address: str, pages: list[str], width: int, scheme: str
) -> None:
    folder = Path(os.environ["NEWSBOT_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    look(reader, width=width, scheme=scheme)
    for name, start in SHOWN.items():
        page = start if not start.endswith("s/") else next(path for path in pages if path.startswith(start))
        reader.get(address + page)
        assert reader.save_screenshot(str(folder / f"{name}-{width}-{scheme}.png"))
