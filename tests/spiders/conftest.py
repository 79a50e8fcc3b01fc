from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.site import Site, running_site
from tests.sites import Web


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    with ExitStack() as stack:
        yield [stack.enter_context(running_site(f"127.0.0.{number}")) for number in (2, 3, 4)]


@pytest.fixture
def web(tmp_path: Path, database_url: str) -> Web:
    return Web(tmp_path, database_url)


@pytest.fixture
def lite(tmp_path: Path) -> Web:
    """On SQLite only: for what has nothing to do with the database."""
    return Web(tmp_path, f"sqlite:///{tmp_path / 'newsbot.db'}")
