"""A running site, and a headless Chromium that reads it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.support.wait import WebDriverWait
from starlette.types import ASGIApp

from newsbot.web.serving.server import listening, server_config

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)
PATIENCE_S = 120
CONTRAST = """
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
function rgba(colour) {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
}
function luminance(colour) {
  const [r, g, b] = colour.map(c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
}
function ground(element) {
  for (; element; element = element.parentElement) {
    const colour = rgba(getComputedStyle(element).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255, 255];
}
const low = [];
for (const element of document.querySelectorAll('body *')) {
  const text = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
  if (!text || !element.checkVisibility() || element.closest('svg, .skip, .unseen')) continue;
  const style = getComputedStyle(element), size = parseFloat(style.fontSize);
  const [a, b] = [luminance(rgba(style.color)), luminance(ground(element))].sort((x, y) => y - x);
  const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
  if ((a + .05) / (b + .05) < needed) low.push(text.slice(0, 40) + ' ' + ((a + .05) / (b + .05)).toFixed(2));
}
return low;
"""
"""Returns the texts whose contrast is below what WCAG 2.2 asks for (1.4.3)."""


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port, and give its address."""
    with listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(server_config(app))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium(folder: Path) -> Iterator[webdriver.Chrome]:
    """Give a headless Chromium with an empty profile; skip the test, or fail it, if there is none."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or driver is None:
        reason = "chromium and chromedriver are not installed"
        if os.environ.get("NEWSBOT_REQUIRE_SERVICES") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    reader = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    reader.implicitly_wait(PATIENCE_S)  # until what is looked for is there
    yield reader
    reader.quit()


def wait_until(reader: webdriver.Chrome, condition: Callable[[], bool]) -> None:
    """Wait for what the next page shows."""
    WebDriverWait(
        reader, PATIENCE_S, ignored_exceptions=[NoSuchElementException, StaleElementReferenceException]
    ).until(lambda _: condition())


def look(reader: webdriver.Chrome, *, width: int, scheme: str) -> None:
    """Let the browser have a width in pixels, and prefer light or dark."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    reader.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {
        "width": width,
        "height": 844 if width < 500 else 900,
        "deviceScaleFactor": 1,
        "mobile": width < 500,
    }
    reader.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
