from collections.abc import Callable
from pathlib import Path

import pytest

from newsbot.configuration.origins import COMMAND_LINE, ENVIRONMENT, find_origins, origin_of
from newsbot.configuration.reading import PROBLEM, configuration, read_settings, scrapy_names
from newsbot.configuration.table import Configuration
from newsbot.errors import UsageError

Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a file of settings into the current folder, or at another path."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def write(text: str, path: Path = Path("newsbot.toml")) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


def message() -> str:
    with pytest.raises(UsageError) as caught:
        configuration()
    return str(caught.value)


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(
    written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    written("database_url = 'sqlite:////file.db'\narchive_dir = ''\nworkers = 3")
    monkeypatch.setenv("NEWSBOT_DATABASE_URL", "sqlite:////variable.db")
    monkeypatch.setenv("NEWSBOT_ARCHIVE_DIR", "kept")
    origins = find_origins({"database_url": "sqlite:////option.db", "workers": None})
    found = configuration(database_url="sqlite:////option.db", workers=None)
    assert (found.database_url, found.archive_dir, found.workers) == ("sqlite:////option.db", "kept", 3)
    keys = ("database_url", "archive_dir", "workers", "stubs")
    assert [origin_of(key, origins) for key in keys] == [
        COMMAND_LINE,
        ENVIRONMENT,
        "newsbot.toml",
        "default",
    ]


def test_the_file_of_the_folder_is_read_before_ones_own_and_the_named_one_before_both(
    written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    written("workers = 1", tmp_path / "config" / "newsbot" / "newsbot.toml")
    assert configuration().workers == 1
    written("workers = 2")
    assert configuration().workers == 2
    monkeypatch.setenv("NEWSBOT_CONFIG", str(written("workers = 3", tmp_path / "other.toml")))
    assert configuration().workers == 3
    monkeypatch.setenv("NEWSBOT_CONFIG", "")
    assert configuration(workers=4).workers == 4
    assert len(find_origins()) == 2


def test_a_named_file_that_is_missing_is_an_error(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    written("workers = 1")
    monkeypatch.setenv("NEWSBOT_CONFIG", "lost.toml")
    assert message() == "NEWSBOT_CONFIG (--config) is 'lost.toml': no such file"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("sqlite:///news.db", "sqlite:///{folder}/news.db"),
        ("sqlite:////srv/news.db", "sqlite:////srv/news.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite://", "sqlite://"),
        ("postgresql+psycopg:///news", "postgresql+psycopg:///news"),
        ("postgresql+psycopg://me@host/news", "postgresql+psycopg://me@host/news"),
    ],
)
def test_a_database_of_the_file_is_beside_the_file(
    written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, found: str
) -> None:
    path = written(f"database_url = '{value}'", tmp_path / "desk" / "newsbot.toml")
    monkeypatch.setenv("NEWSBOT_CONFIG", str(path))
    assert configuration().database_url == found.format(folder=tmp_path / "desk")


def test_folders_of_the_file_are_beside_it_and_empty_ones_stay_empty(
    written: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written("sources = 'mine'\narchive_dir = ''", tmp_path / "desk" / "newsbot.toml")
    monkeypatch.setenv("NEWSBOT_CONFIG", str(path))
    assert configuration().sources == str(tmp_path / "desk" / "mine")
    assert configuration().archive_dir == ""
    path.write_text("archive_dir = '/srv/kept'")
    assert configuration().archive_dir == "/srv/kept"


def test_tables_of_watches_and_outputs_are_passed_on_as_they_are(written: Write) -> None:
    written("[[watch]]\nname = 'floods'\nnotify = ['a']\n[[watch]]\nname = 'b'\n[[output]]\nurl = 'x'")
    assert configuration().watch == ({"name": "floods", "notify": ["a"]}, {"name": "b"})
    assert configuration().output == ({"url": "x"},)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "max_pages_bytes = 1",
            "newsbot.toml: 'max_pages_bytes' is no setting; did you mean max_page_bytes?",
        ),
        (
            "NEWSBOT_WORKERS = 1",
            "newsbot.toml: 'NEWSBOT_WORKERS' is no setting; did you mean workers?",
        ),
        ("zzz = 1", "newsbot.toml: 'zzz' is no setting; accepted: allowed_networks, archive_dir,"),
        ("workers = true", "newsbot.toml: workers is '1'; accepted: a number of processes"),
        ("workers = -1", "newsbot.toml: workers is '-1'; accepted: a number of processes"),
        (
            "max_page_bytes = 1.5",
            "newsbot.toml: max_page_bytes is '1.5'; accepted: a number of bytes above 0",
        ),
        ("embeddings = 'perhaps'", "newsbot.toml: embeddings is 'perhaps'; accepted: true or 1 (computed)"),
        ("archive_dir = 5", "newsbot.toml: archive_dir is '5'; accepted: a folder"),
        (
            "contact = 'me'",
            "newsbot.toml: contact is 'me'; accepted: the address of a page, or a mail address",
        ),
        (
            "allowed_networks = ['10.0.0.0/8', 1]",
            "newsbot.toml: allowed_networks is '10.0.0.0/8,1'; accepted:",
        ),
        ("watch = 'floods'", "newsbot.toml: watch is 'floods'; accepted: [[watch]] tables"),
        ("workers = ", "newsbot.toml: not readable as TOML: Invalid value"),
        ("database_url = 'postgresql//me:hush@host'\nworkers = 'x'", "newsbot.toml: workers is 'x'"),
    ],
)
def test_a_mistake_in_the_file_is_told_in_one_line(written: Write, text: str, says: str) -> None:
    written(text)
    assert message().startswith(says)
    assert "\n" not in message()


def test_a_file_that_is_not_utf_8_is_told_in_one_line(written: Write) -> None:
    written("").write_bytes(b"contact = '\xff'")
    assert message().startswith("newsbot.toml: not readable as TOML: 'utf-8'")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("NEWSBOT_MAX_PAGE_BYTES", "ten", "NEWSBOT_MAX_PAGE_BYTES is 'ten'; accepted: a number of bytes"),
        ("NEWSBOT_MAX_PAGE_BYTES", "0", "NEWSBOT_MAX_PAGE_BYTES is '0'; accepted: a number of bytes"),
        ("NEWSBOT_DATABASE_URL", "", "NEWSBOT_DATABASE_URL is ''; accepted: a database URL"),
        (
            "NEWSBOT_ALLOWED_NETWORKS",
            "127.0.0.0/8,nowhere",
            "NEWSBOT_ALLOWED_NETWORKS is '127.0.0.0/8,nowhere'",
        ),
        ("NEWSBOT_WATCH", "floods", "NEWSBOT_WATCH is 'floods'; accepted: [[watch]] tables in the file"),
        ("NEWSBOT_DATABASE", "x", "'NEWSBOT_DATABASE' is no setting; did you mean NEWSBOT_DATABASE_URL?"),
        ("NEWSBOT_WORKER", "1", "'NEWSBOT_WORKER' is no setting; did you mean NEWSBOT_WORKERS?"),
        ("NEWSBOT_ZZZ", "1", "'NEWSBOT_ZZZ' is no setting; accepted: NEWSBOT_ALLOWED_NETWORKS, "),
    ],
)
def test_a_wrong_variable_is_told_in_one_line(
    written: Write, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    assert message().startswith(says)
    assert scrapy_names() == {PROBLEM: message()}


@pytest.mark.parametrize("name", ["NEWSBOT_TEST_POSTGRES", "NEWSBOT_SLOW_TESTS", "NEWSBOT_REQUIRE_SERVICES"])
def test_variables_of_the_tests_are_no_mistake(
    written: Write, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert configuration() == Configuration()
    assert PROBLEM not in scrapy_names()


def test_a_value_that_another_place_replaces_is_not_judged(written: Write) -> None:
    written("workers = 'many'")
    assert configuration(workers=2).workers == 2


def test_a_password_in_a_wrong_value_is_not_shown(monkeypatch: pytest.MonkeyPatch, written: Write) -> None:
    written("web_token = ['hush']")
    assert "hush" not in message()


def test_scrapy_has_the_values_of_the_file_and_the_command_line_of_scrapy_wins(written: Write) -> None:
    written("contact = 'a@news.example'\nembeddings = true\ntls_verify = false\n[[watch]]\nname = 'b'")
    names = scrapy_names()
    assert names["DOWNLOAD_VERIFY_CERTIFICATES"] is False
    assert names["USER_AGENT"].endswith("(+a@news.example)")
    found = read_settings(names)
    assert (found.embeddings, found.watch) == (True, ({"name": "b"},))
    other = read_settings({**names, "NEWSBOT_EMBEDDINGS": "0", "NEWSBOT_CONTACT": "b@news.example"})
    assert not other.embeddings
    assert other.user_agent.endswith("(+b@news.example)")


def test_a_mistyped_setting_on_the_command_line_of_scrapy_is_an_error() -> None:
    with pytest.raises(UsageError, match="did you mean NEWSBOT_STUBS"):
        read_settings({"NEWSBOT_STUB": "0", "USER_AGENT": "x"})
