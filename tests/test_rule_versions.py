"""Rule sets have version numbers of their own, and no rule changes without a new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbot import rule_versions
from tests.rule_lock import RuleSet, current_rule_sets, digest_of, problems, read_lock, write_lock

MODULE = '''"""Rules."""
LIMIT = 3
"""Links in a list."""


def is_list(links):
    """Return whether it is a list."""
    return links > LIMIT
'''
EDITED_PROSE = '''"""Rules, described in other words."""

LIMIT = 3  # measured on 400 pages
"""Number of links above which a page is a list."""
def is_list(links):
    return (
        links > LIMIT
    )
'''


def test_no_rule_changes_without_a_new_version_number() -> None:
    locked = read_lock()
    changed = [rules.name for rules in current_rule_sets() if rules != locked.get(rules.name)]
    assert changed == [], (
        f"{' and '.join(changed)}: code, word lists, models or the number differ from newsbot/rule_versions.lock.\n"
        "If any page may be read differently: increase the number in newsbot/rule_versions.py, then `make rules`.\n"
        "If every page is read exactly as before (a refactoring): `make rules SAME=1`.\n"
        "Commit newsbot/rule_versions.lock with the change."
    )


def test_the_label_names_every_rule_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule_versions, "EXTRACTION", 12)
    monkeypatch.setattr(rule_versions, "CLEANING", 3)
    assert rule_versions.label() == "extraction-12 cleaning-3"
    assert [rules.name.lower() for rules in current_rule_sets()] == ["extraction", "cleaning"]


def digest(folder: Path, **files: str) -> str:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content, encoding="utf-8")
    return digest_of(folder, ["."])


def test_docstrings_comments_and_formatting_do_not_count(tmp_path: Path) -> None:
    before = digest(tmp_path, rules_py=MODULE, words_txt="read more")
    assert digest(tmp_path, rules_py=EDITED_PROSE, rules_pyc="cache", notes_md="notes") == before


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"rules_py": MODULE.replace("= 3", "= 4")}, id="constant"),
        pytest.param({"rules_py": MODULE.replace(">", ">=")}, id="operator"),
        pytest.param({"words_txt": "read on"}, id="word list"),
        pytest.param({"model_onnx": "weights"}, id="new file"),
    ],
)
def test_code_and_data_count(tmp_path: Path, files: dict[str, str]) -> None:
    before = digest(tmp_path, rules_py=MODULE, words_txt="read more")
    assert digest(tmp_path, **files) != before


@pytest.mark.parametrize(
    ("number", "new_digest", "is_same_output", "is_refused"),
    [
        pytest.param(2, "a", False, False, id="nothing changed"),
        pytest.param(2, "b", False, True, id="changed under the same number"),
        pytest.param(2, "b", True, False, id="refactoring"),
        pytest.param(3, "b", False, False, id="changed under a new number"),
        pytest.param(1, "b", True, True, id="older number"),
    ],
)
def test_the_lock_is_rewritten_only_for_a_new_number_or_the_same_output(
    number: int, new_digest: str, is_same_output: bool, is_refused: bool, tmp_path: Path
) -> None:
    write_lock([RuleSet("EXTRACTION", 2, "a")], tmp_path / "lock")
    current = [RuleSet("EXTRACTION", number, new_digest)]
    found = problems(current, read_lock(tmp_path / "lock"), is_same_output=is_same_output)
    assert bool(found) == is_refused
