import tomllib
from pathlib import Path

import pytest

from newsbot.cli import newsbot, run
from newsbot.cli.setting_up.init import next_commands
from newsbot.configuration.reading import configuration
from newsbot.jobs import new_folder
from newsbot.sources.catalog import load_sources
from newsbot.store.database import Database


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_folder_has_settings_sources_and_a_database_that_work(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["init", "my desk", "--contact", "me@news.example", "--source", "npr", "--source", "ansa"]
    assert run(newsbot, arguments) == 0
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        "cd 'my desk'",
        "newsbot crawl",
        "newsbot stats",
    ]
    assert sorted(path.name for path in place.iterdir()) == ["my desk"]
    monkeypatch.chdir(place / "my desk")
    found = configuration()
    assert found.contact == "me@news.example"
    assert load_sources(found.sources) == {key: load_sources()[key] for key in ("ansa", "npr")}
    Database(found.database_url).open(migrate=False).close()
    assert sorted(path.name for path in Path().iterdir()) == ["newsbot.db", "newsbot.toml", "sources"]
    assert run(newsbot, ["stats"]) == 0


def test_an_existing_folder_is_added_to_and_nothing_is_overwritten(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "notes.txt").write_text("mine")
    assert run(newsbot, ["init"]) == 0
    output = capsys.readouterr()
    assert output.out.split("\n")[0].strip() == "newsbot crawl"
    assert "no contact is set" in output.err
    assert "contact" not in tomllib.loads((place / "newsbot.toml").read_text())
    assert load_sources("sources").keys() == {new_folder.EXAMPLE}
    for name in new_folder.MADE[:2]:
        (place / name).rename(place / f"old-{name}")
    assert run(newsbot, ["init"]) == 2
    assert capsys.readouterr().err == "newsbot: newsbot.toml is there already; it is not overwritten\n"
    assert not (place / "sources").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--contact", "me"], "--contact is 'me'; accepted: the address of a page, or a mail address"),
        (["--source", "nprr"], "--source: no source 'nprr' in the catalog; did you mean npr?"),
        (["a file"], "a file is not a folder"),
    ],
)
def test_a_mistake_makes_nothing(
    place: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    (place / "a file").touch()
    assert run(newsbot, ["init", *arguments]) == 2
    assert capsys.readouterr().err == f"newsbot: {says}\n"
    assert [path.name for path in place.iterdir()] == ["a file"]


def test_a_failure_half_way_takes_back_what_was_made(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    move = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if moved:
            raise OSError(28, "No space left on device", str(target))
        moved.append(path.name)
        return move(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    assert run(newsbot, ["init", "desk"]) == 1
    assert moved
    assert list(place.iterdir()) == []


def test_a_contact_cannot_write_other_settings(place: Path) -> None:
    text = new_folder.settings_text('https://me.example/"\nworkers = 0')
    assert tomllib.loads(text)["contact"] == 'https://me.example/"\nworkers = 0'
    assert "workers" not in tomllib.loads(text)


def test_the_next_commands_begin_with_the_way_to_the_folder(place: Path) -> None:
    assert next_commands(Path("a;b"))[0] == "cd 'a;b'"
    assert next_commands(Path()) == ["newsbot crawl", "newsbot stats", "newsbot serve"]
