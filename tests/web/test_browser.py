"""The pages in a real browser: read, clicked, typed into, in both colour schemes, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions import interaction
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from starlette.testclient import TestClient

from newsbot.store.database import Database
from newsbot.web.app import create_app
from tests.web.addresses import every_kind
from tests.web.browser import CONTRAST, chromium, look, running, wait_until
from tests.web.newsroom import NOW, Newsroom, fill

AXE = """
const done = arguments[0];
axe.run().then(
  found => done(found.violations.map(one => one.id + ' ' + one.nodes[0].html.slice(0, 150))),
  error => done(['axe failed: ' + error]));
"""
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


@pytest.mark.parametrize(("width", "scheme"), LOOKS[1:3], ids=["1280 dark", "390 light"])
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
    count = facet.find_element(By.CSS_SELECTOR, ".count").get_attribute("textContent")
    # Selenium takes what is in a closed disclosure for hidden, although the style sheet shows it.
    reader.execute_script("arguments[0].click()", facet.find_element(By.TAG_NAME, "a"))
    wait_until(reader, lambda: found() != everything)
    assert found() == count
    reader.find_element(By.CSS_SELECTOR, ".chosen a").click()
    wait_until(reader, lambda: found() != count)
    assert found() == everything


def test_filters_and_names_can_be_typed(reader: webdriver.Chrome, address: str) -> None:
    look(reader, width=390, scheme="light")
    reader.get(f"{address}/search?q=council")
    reader.find_element(By.CSS_SELECTOR, ".query details:last-of-type summary").click()
    reader.find_element(By.NAME, "entity").send_keys("Lisbon", Keys.ENTER)
    wait_until(reader, lambda: reader.find_element(By.CSS_SELECTOR, ".chosen").text == "Mentioned: Lisbon ×")
    assert reader.find_element(By.NAME, "entity").is_displayed()
    reader.get(f"{address}/entities")
    reader.find_element(By.ID, "name").send_keys("lisbon", Keys.ENTER)
    wait_until(reader, lambda: reader.find_element(By.TAG_NAME, "h1").text == "Lisbon")


def test_names_are_completed_while_they_are_typed(reader: webdriver.Chrome, address: str) -> None:
    look(reader, width=1280, scheme="light")
    reader.get(f"{address}/search?kind=article")
    reader.find_element(By.NAME, "entity").send_keys("Oslo, lis")
    wait_until(reader, lambda: bool(reader.find_elements(By.CSS_SELECTOR, "#names option")))
    options = reader.find_elements(By.CSS_SELECTOR, "#names option")
    assert [option.get_attribute("value") for option in options] == ["Oslo, Lisbon"]


def test_period_drawn_over_the_chart_is_searched(reader: webdriver.Chrome, address: str) -> None:
    look(reader, width=1280, scheme="light")
    reader.get(f"{address}/search?q=council")
    everything = reader.find_element(By.CSS_SELECTOR, ".summary strong").text
    chart = reader.find_element(By.CSS_SELECTOR, ".history .u-over")
    width = chart.size["width"]
    drag = ActionChains(reader).move_to_element_with_offset(chart, -width // 4, 0).click_and_hold()
    drag.move_by_offset(width // 4, 0).release().perform()
    wait_until(reader, lambda: "since=" in reader.current_url)
    assert reader.find_element(By.NAME, "since").get_attribute("value")
    assert reader.find_element(By.NAME, "until").get_attribute("value")
    assert int(reader.find_element(By.CSS_SELECTOR, ".summary strong").text) < int(everything)


def test_facets_are_open_on_a_desk_and_a_disclosure_on_a_phone(
    reader: webdriver.Chrome, address: str
) -> None:
    for width, is_open in ((1280, True), (390, False)):
        look(reader, width=width, scheme="light")
        reader.get(f"{address}/search?q=council")
        first = reader.find_element(By.CSS_SELECTOR, ".facets li a")
        seen = "return arguments[0].checkVisibility({contentVisibilityAuto: true})"
        assert reader.execute_script(seen, first) is is_open
    reader.find_element(By.CSS_SELECTOR, ".facets summary").click()
    assert reader.find_element(By.CSS_SELECTOR, ".facets li a").is_displayed()


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
    assert reader.find_element(By.CSS_SELECTOR, ".drawn-chart canvas").is_displayed()


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        pytest.param(*LOOKS[0], id="1280 light"),
        pytest.param(*LOOKS[3], id="390 dark", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing_on_any_page(
    reader: webdriver.Chrome, address: str, pages: list[str], width: int, scheme: str
) -> None:
    look(reader, width=width, scheme=scheme)
    script = files("axe_playwright_python").joinpath("axe.min.js").read_text()
    found = {}
    for page in pages:
        reader.get(address + page)
        reader.execute_script(script)
        found[page] = reader.execute_async_script(AXE)
    assert {page: faults for page, faults in found.items() if faults} == {}


def test_a_chart_shows_values_by_keyboard_and_selects_a_period(
    reader: webdriver.Chrome, address: str
) -> None:
    look(reader, width=1280, scheme="light")
    reader.get(f"{address}/entities?name=Lisbon")
    chart = reader.find_element(By.CSS_SELECTOR, ".drawn-chart")
    wait_until(reader, lambda: not reader.find_element(By.CSS_SELECTOR, ".plain-chart").is_displayed())
    chart.send_keys(Keys.END)
    assert "19 March 2026: Lisbon" in str(chart.get_attribute("aria-valuetext"))
    tip = reader.find_element(By.CSS_SELECTOR, ".tip")
    assert tip.is_displayed()
    assert "19 March 2026" in tip.text
    chart.send_keys(Keys.SHIFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.NULL)
    chart.send_keys(Keys.ENTER)
    wait_until(reader, lambda: "since=2026-03-17&until=2026-03-19" in reader.current_url)


def test_a_period_is_chosen_with_a_finger(reader: webdriver.Chrome, address: str) -> None:
    look(reader, width=390, scheme="light")
    reader.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
    reader.get(f"{address}/entities?name=Lisbon")
    plot = reader.find_element(By.CSS_SELECTOR, ".u-over")
    reader.execute_script("arguments[0].scrollIntoView({block: 'center'})", plot)
    width = plot.size["width"]
    touch(reader, plot, -width // 4)
    touch(reader, reader.find_element(By.CSS_SELECTOR, ".tip button"))
    touch(reader, plot, width // 4)
    wait_until(reader, lambda: " to " in reader.find_element(By.CSS_SELECTOR, ".tip a").text)
    assert reader.find_element(By.CSS_SELECTOR, ".u-select").size["width"] > width // 4
    touch(reader, reader.find_element(By.CSS_SELECTOR, ".tip a"))
    wait_until(reader, lambda: "since=2026-" in reader.current_url and "until=2026-" in reader.current_url)
    reader.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": False})


def touch(reader: webdriver.Chrome, element: WebElement, right: int = 0) -> None:
    """Touch an element, a number of pixels right of its centre."""
    finger = ActionBuilder(reader, mouse=PointerInput(interaction.POINTER_TOUCH, "finger"))
    finger.pointer_action.move_to(element, right, 0).pointer_down().pointer_up()
    finger.perform()


def test_a_period_is_brushed_with_the_mouse(reader: webdriver.Chrome, address: str) -> None:
    look(reader, width=1280, scheme="light")
    reader.get(f"{address}/entities?name=Lisbon")
    plot = reader.find_element(By.CSS_SELECTOR, ".u-over")
    width = plot.size["width"]
    brush = webdriver.ActionChains(reader).move_to_element_with_offset(plot, -width // 4, 0).click_and_hold()
    brush.move_by_offset(width // 8, 0).move_by_offset(width // 8, 0).release().perform()
    wait_until(reader, lambda: "since=" in reader.current_url)
    assert reader.find_element(By.TAG_NAME, "h1").text == "Lisbon"
    asked = parse_qs(urlsplit(reader.current_url).query)
    assert "2026-" < asked["since"][0] < asked["until"][0] < "2027"


def test_lists_are_read_by_keys_unless_somebody_types(reader: webdriver.Chrome, address: str) -> None:
    reader.get(address)
    body = reader.find_element(By.TAG_NAME, "body")
    headlines = [link.text for link in reader.find_elements(By.CSS_SELECTOR, ".story h2 a")]
    body.send_keys("j")
    assert reader.switch_to.active_element.text == headlines[0]
    reader.switch_to.active_element.send_keys("j")
    assert reader.switch_to.active_element.text == headlines[1]
    reader.switch_to.active_element.send_keys("k")
    assert reader.switch_to.active_element.text == headlines[0]
    reader.switch_to.active_element.send_keys("/")
    field = reader.switch_to.active_element
    field.send_keys("jk?/o")
    assert field.get_attribute("value") == "jk?/o"
    reader.get(address)
    reader.find_element(By.TAG_NAME, "body").send_keys("?")
    assert reader.find_element(By.CSS_SELECTOR, "dialog.keys-help").is_displayed()
    reader.switch_to.active_element.send_keys(Keys.ESCAPE)
    reader.find_element(By.TAG_NAME, "body").send_keys("j")
    reader.switch_to.active_element.send_keys("o")
    wait_until(reader, lambda: "/articles/" in reader.current_url)


def test_charts_have_axes_without_scripts(reader: webdriver.Chrome, address: str) -> None:
    reader.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        for width in (1280, 390):
            look(reader, width=width, scheme="light")
            reader.get(f"{address}/entities?name=Lisbon")
            assert reader.find_element(By.CSS_SELECTOR, ".plain-chart").is_displayed()
            labels = reader.find_elements(By.CSS_SELECTOR, ".plain-chart text.day")
            boxes = [(label.rect["x"], label.rect["width"]) for label in labels if label.is_displayed()]
            assert len(boxes) > 1
            assert all(x + length < following for (x, length), (following, _) in pairwise(boxes))
    finally:
        reader.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_keyboard_reaches_the_content_first(reader: webdriver.Chrome, address: str) -> None:
    reader.get(address)
    reader.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    skip = reader.switch_to.active_element
    assert skip.text == "Skip to the content"
    skip.send_keys(Keys.ENTER)
    wait_until(reader, lambda: reader.current_url.endswith("#main"))
