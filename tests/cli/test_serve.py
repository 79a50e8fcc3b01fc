from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from newsbot.store.articles.writer import save_article
from newsbot.store.database import Database
from newsbot.store.schema.identity import article_keys
from tests.store.samples import NOW, article, save


@contextmanager
def serving(
    url: str, *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """Run `newsbot serve` on a free port; give the process, the port, and its messages until it listened."""
    command = [sys.executable, "-m", "newsbot", "serve", "--port", "0", "--database", url, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | environment
    ) as process:
        assert process.stderr is not None
        try:
            said = ""
            while not (found := re.search(r"http://\S+:(\d+)/", said)):
                line = process.stderr.readline()
                assert line, said
                said += line
            yield process, int(found[1]), said
        finally:
            process.kill()


def status(port: int, address: str = "/api/stats", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", address, headers=headers)
    answer = connection.getresponse().status
    connection.close()
    return answer


def test_site_is_served_to_this_machine_alone(database: Database, database_url: str) -> None:
    save(database, article(1))
    with serving(database_url, "--json") as (process, port, said):
        assert f"http://127.0.0.1:{port}/" in said
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"] == f"http://127.0.0.1:{port}/"
        assert (status(port, "/"), status(port, "/articles/1")) == (200, 200)
        assert status(port, Host="evil.example") == 421
        process.send_signal(signal.SIGINT)
        assert process.wait(600) == 0


def test_reading_goes_on_while_a_crawl_writes(database: Database, database_url: str) -> None:
    with serving(database_url) as (_, port, _), database.write() as session:
        sample = article(1)
        save_article(session, sample, keys=article_keys(sample), run_id=None, now=NOW)
        assert (status(port, "/search?q=harbour"), status(port, "/")) == (200, 200)


@pytest.mark.slow_on_postgresql
def test_a_token_is_taken_from_the_settings(database: Database, database_url: str) -> None:
    with serving(database_url, NEWSBOT_WEB_TOKEN="open") as (_, port, _):
        assert (status(port), status(port, Authorization="Bearer open")) == (401, 200)


@pytest.mark.slow_on_postgresql
def test_address_without_a_token_that_others_can_reach_prints_a_warning(
    database: Database, database_url: str
) -> None:
    with serving(database_url, "--host", "0.0.0.0") as (_, _, said):
        assert "NEWSBOT_WEB_TOKEN" in said


@pytest.mark.slow_on_postgresql
def test_port_in_use_prints_one_line(database: Database, database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "newsbot", "serve", "--port", port, "--database", database_url]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert port in ended.stderr
