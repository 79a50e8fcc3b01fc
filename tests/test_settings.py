import importlib

import pytest

from newsbot import settings
from newsbot.errors import UsageError
from newsbot.settings import NEWSBOT_SETTINGS, Setting, configuration, read_settings


def test_every_setting_has_a_field_in_the_configuration() -> None:
    fields = {f"NEWSBOT_{name.upper()}" for name in settings.Configuration.__slots__}
    assert fields == {setting.name for setting in NEWSBOT_SETTINGS}


@pytest.mark.parametrize("setting", NEWSBOT_SETTINGS, ids=lambda setting: setting.name)
def test_every_default_is_acceptable(setting: Setting) -> None:
    value = getattr(read_settings({}), setting.name.removeprefix("NEWSBOT_").lower())
    assert value == setting.read(str(setting.default))


def test_the_environment_wins_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSBOT_MAX_PAGE_BYTES", "1234")
    assert configuration().max_page_bytes == 1234
    assert importlib.reload(settings).NEWSBOT_MAX_PAGE_BYTES == "1234"
    monkeypatch.undo()
    importlib.reload(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSBOT_MAX_PAGE_BYTES", "ten"),
        ("NEWSBOT_MAX_PAGE_BYTES", "0"),
        ("NEWSBOT_DATABASE_URL", ""),
        ("NEWSBOT_ALLOWED_NETWORKS", "127.0.0.0/8,nowhere"),
    ],
)
def test_a_wrong_value_is_named_with_its_setting_and_what_is_accepted(name: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings({name: value})
    assert name in str(caught.value)
    assert repr(value) in str(caught.value)
    assert "accepted" in str(caught.value)


@pytest.mark.parametrize(
    "path",
    [
        *settings.PAGE_PIPELINES,
        *settings.PAGE_STORAGE,
        *settings.PAGE_EXTENSIONS,
        *settings.PAGE_MIDDLEWARES,
        *settings.PAGE_EXPORTERS.values(),
        settings.PAGE_SETTINGS["ITEM_PROCESSOR"],
        settings.PAGE_SETTINGS["LOG_FORMATTER"],
    ],
)
def test_every_component_in_the_tables_exists(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert isinstance(getattr(importlib.import_module(module), name), type)
