import pickle

import pytest

from newsbot import __version__
from newsbot.configuration.reading import product_token, read_settings
from newsbot.configuration.table import SETTINGS, Configuration, Setting, as_text


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.key)
def test_every_setting_says_what_it_is_for_and_what_is_accepted(setting: Setting) -> None:
    assert setting.purpose
    assert setting.accepted


@pytest.mark.parametrize(
    "setting", [row for row in SETTINGS.values() if not row.is_table], ids=lambda setting: setting.key
)
def test_the_text_of_a_default_is_accepted_and_means_the_same(setting: Setting) -> None:
    given = read_settings({setting.name: as_text(setting.default)})
    assert getattr(given, setting.key) == getattr(Configuration(), setting.key)


def value(key: str, written: object) -> object:
    return getattr(Configuration.model_validate({key: written}), key)


@pytest.mark.parametrize(
    ("key", "listed", "text"),
    [
        ("allowed_networks", ["127.0.0.0/8", "::1/128"], "127.0.0.0/8, ::1/128"),
        ("web_url", ["https://a.example/desk/"], "https://a.example/desk"),
        ("web_cors", ["https://A.example", "*"], "https://a.example,*"),
        ("entity_engine", ["fast", "rules"], "fast,rules"),
        ("embeddings", True, "1"),
        ("tls_verify", False, "0"),
        ("workers", 3, "3"),
    ],
)
def test_a_list_of_a_file_means_what_commas_mean_in_a_variable(key: str, listed: object, text: str) -> None:
    assert value(key, listed) == value(key, text)


@pytest.mark.parametrize(
    ("contact", "user_agent", "introduction"),
    [
        ("", "", f"newsbot/{__version__}"),
        ("https://me.example/bot", "", f"newsbot/{__version__} (+https://me.example/bot)"),
        ("desk@news.example", "", f"newsbot/{__version__} (+desk@news.example)"),
        ("desk@news.example", "mybot/1", "mybot/1"),
    ],
)
def test_the_user_agent_names_whom_to_ask(contact: str, user_agent: str, introduction: str) -> None:
    assert Configuration(contact=contact, user_agent=user_agent).user_agent == introduction


def test_a_worker_process_gets_the_same_settings() -> None:
    given = Configuration.model_validate({"allowed_networks": "10.0.0.0/8", "watch": [{"name": "floods"}]})
    assert pickle.loads(pickle.dumps(given)) == given


@pytest.mark.parametrize(
    ("user_agent", "token"), [("mybot/1.0 (x)", "mybot"), ("my bot", "my"), ("/1", "newsbot")]
)
def test_robots_txt_is_asked_for_the_first_word(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


def test_the_token_is_the_only_secret_and_not_in_the_text_of_the_settings() -> None:
    assert [key for key, setting in SETTINGS.items() if setting.is_secret] == ["web_token"]
    assert "hush" not in repr(Configuration(web_token="hush"))
