"""The table of docs/settings.md, made from that of the code. `python -m tests.docs.settings_table` writes it anew."""

from __future__ import annotations

from pathlib import Path

from newsbot.configuration.table import SETTINGS, Setting

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
HEADING = "## All settings\n"


def rows() -> str:
    """Return the table as Markdown."""
    lines = ["| file | variable | default | what for | accepted |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(setting) for setting in SETTINGS.values())]) + "\n"


def _row(setting: Setting) -> str:
    if setting.is_table:
        name, variable, default = f"`[[{setting.key}]]`", "", ""
    else:
        name, variable = f"`{setting.key}`", f"`{setting.name}`"
        default = setting.default_in_words
        default = f"`{default}`" if default and " " not in default else default
    return f"| {name} | {variable} | {default} | {setting.purpose} | {setting.accepted} |"


def page() -> str:
    """Return the page with the table as the code has it."""
    before, heading, _ = PAGE.read_text("utf-8").partition(HEADING)
    return f"{before}{heading}\n{rows()}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
