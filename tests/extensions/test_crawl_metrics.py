"""The counts of a crawl, served to Prometheus while it runs; its log as JSON; its steps as spans."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from tests.pages import article_page, rss
from tests.site import Answer, Asked, Site, running_site

PROJECT = Path(__file__).parents[2]
SERVING = re.compile(r"Serving metrics at (http://\S+)")


def run(site: Site, folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """Start a crawl of a site with one feed."""
    catalog = folder / "sources.toml"
    catalog.write_text(f'[[source]]\nkey = "one"\nhomepage = "{site.url}/"\nfeeds = ["{site.url}/rss.xml"]\n')
    environment = {
        "NEWSBOT_DATABASE_URL": f"sqlite:///{folder / 'newsbot.db'}",
        "NEWSBOT_SOURCES": str(catalog),
        "NEWSBOT_ENTITY_ENGINE": "none",
        "NEWSBOT_ARCHIVE_DIR": "",
        "NEWSBOT_WORKERS": "0",
        "NEWSBOT_ALLOWED_NETWORKS": "127.0.0.0/8",
    }
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-s", "DOWNLOAD_DELAY=0", *arguments]
    given = {**os.environ, **environment, **settings}
    return subprocess.Popen(command, cwd=PROJECT, env=given, stderr=subprocess.PIPE, text=True)


def read_metrics(url: str) -> dict[tuple[str, ...], float]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        families = text_string_to_metric_families(answer.read().decode())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }


def test_the_counts_of_a_crawl_can_be_read_while_it_runs(tmp_path: Path) -> None:
    go_on, is_asked = threading.Event(), threading.Event()

    def slow(asked: Asked) -> Answer:
        is_asked.set()
        go_on.wait(60)
        return Answer(article_page(1).encode(), headers={"Content-Type": "text/html"})

    with running_site("127.0.2.40") as site:
        site.pages["/rss.xml"] = Answer(rss(f"{site.url}/1").encode())
        site.pages["/1"] = slow
        with run(site, tmp_path, NEWSBOT_METRICS="127.0.0.1:0") as crawl:
            assert crawl.stderr is not None
            url = next(match[1] for line in crawl.stderr if (match := SERVING.search(line)))
            assert is_asked.wait(60)
            found = read_metrics(url)
            go_on.set()
            rest = crawl.stderr.read()
    assert found["newsbot_crawl_requests_active", "news"] == 1
    assert found["newsbot_crawl_responses_total", "news", "200"] >= 1
    assert found["newsbot_crawl_response_bytes_total", "news"] > 100
    assert found["newsbot_crawl_latency_seconds_count", "news"] >= 1
    assert found["process_cpu_seconds_total",] > 0
    assert "1 new" in rest


def test_a_port_that_is_taken_is_said_and_the_crawl_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, running_site("127.0.2.41") as site:
        site.pages["/rss.xml"] = Answer(rss(f"{site.url}/1").encode())
        site.html("/1", article_page(1))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with run(site, tmp_path, NEWSBOT_METRICS=address) as crawl:
            said = crawl.communicate()[1]
    assert crawl.returncode == 0
    assert "The metrics are not served at 127.0.0.1" in said
    assert "1 new" in said


@pytest.mark.parametrize("value", ["localhost", "127.0.0.1:99999", "a b:9", "9410x"])
def test_an_address_that_cannot_be_one_is_refused_in_one_line(tmp_path: Path, value: str) -> None:
    with running_site("127.0.2.42") as site, run(site, tmp_path, NEWSBOT_METRICS=value) as crawl:
        said = crawl.communicate()[1]
    assert crawl.returncode == 2
    assert "NEWSBOT_METRICS" in said
    assert "HOST:PORT" in said
    assert "Traceback" not in said


def test_every_line_of_the_log_is_an_object_once_the_spider_is_open(tmp_path: Path) -> None:
    with running_site("127.0.2.43") as site:
        site.pages["/rss.xml"] = Answer(rss(f"{site.url}/1", f"{site.url}/2").encode())
        site.html("/1", article_page(1))
        with run(site, tmp_path, NEWSBOT_LOG_FORMAT="json") as crawl:
            lines = crawl.communicate()[1].splitlines()
    records = [json.loads(line) for line in lines if line.startswith("{")]
    end = next(number for number, line in enumerate(lines) if line.startswith("newsbot news:"))
    first = next(number for number, line in enumerate(lines) if line.startswith("{"))
    assert first <= 2  # until the spider is open, lines are Scrapy's own
    assert [line for line in lines[first:end] if not line.startswith("{")] == []
    assert {"level", "logger", "message", "service", "timestamp", "process"} <= records[-1].keys()
    assert records[-1]["service"] == "newsbot"


@contextmanager
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """Run a collector of OpenTelemetry; yield its address and what it has received."""
    received: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Receive in silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_steps_of_a_page_are_sent_as_spans(tmp_path: Path) -> None:
    with collector() as (address, received), running_site("127.0.2.44") as site:
        site.pages["/rss.xml"] = Answer(rss(f"{site.url}/1").encode())
        site.html("/1", article_page(1))
        settings = {
            "NEWSBOT_TRACES": "1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OTEL_SERVICE_NAME": "desk",
        }
        with run(site, tmp_path, **settings) as crawl:
            said = crawl.communicate()[1]
    assert crawl.returncode == 0, said
    resources = [each for request in received for each in request.resource_spans]
    spans = {span.name: span for each in resources for scope in each.scope_spans for span in scope.spans}
    assert {"newsbot.pages", "newsbot.read", "newsbot.clean", "newsbot.record"} <= spans.keys()
    assert spans["newsbot.read"].parent_span_id == spans["newsbot.pages"].span_id
    names = {
        key.value.string_value
        for each in resources
        for key in each.resource.attributes
        if key.key == "service.name"
    }
    assert names == {"desk"}


def test_a_collector_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with running_site("127.0.2.45") as site:
        site.pages["/rss.xml"] = Answer(rss(*[f"{site.url}/{number}" for number in range(3)]).encode())
        for number in range(3):
            site.html(f"/{number}", article_page(number))
        settings = {
            "NEWSBOT_TRACES": "1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": closed,
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }
        with run(site, tmp_path, **settings) as crawl:
            said = crawl.communicate()[1]
    assert crawl.returncode == 0
    assert "3 new" in said
    assert said.count("Traces are not sent") == 1
    assert "Max retries" not in said
