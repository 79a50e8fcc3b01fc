import importlib

import pytest

from newsbot import settings


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
