"""The lock file of the rule sets: a version number and a hash of the code and data for each.

`make rules` rewrites it. Documentation does not count: the hash covers the syntax trees of the modules without
docstrings, comments and formatting, and the bytes of all other files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from newsbot import rule_versions
from training.syntax_shape import module_shape

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "newsbot" / "rule_versions.lock"
CONTENTS = {
    "EXTRACTION": (
        "newsbot/extraction",
        "newsbot/languages",
        "newsbot/text",
        "newsbot/urls",
    ),
    "CLEANING": (
        "newsbot/cleaning",
        "newsbot/languages/wording/phrases.py",
        "newsbot/languages/wording/page_talk.py",
        "newsbot/languages/data",
        "newsbot/languages/word_patterns.py",
    ),
}
"""Constant in `newsbot.rule_versions` -> the files and folders whose content it numbers."""
IGNORED_SUFFIXES = {".lock", ".md", ".pyc"}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One line of the lock file."""

    name: str
    number: int
    digest: str


def current_rule_sets() -> list[RuleSet]:
    """Return the rule sets as the checkout has them."""
    return [
        RuleSet(name, getattr(rule_versions, name), digest_of(ROOT, paths))
        for name, paths in CONTENTS.items()
    ]


def read_lock(path: Path = LOCK) -> dict[str, RuleSet]:
    """Return the rule sets of the lock file by name; an empty dictionary if there is no file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    parts = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: RuleSet(name, int(number), digest) for name, number, digest in parts}


def write_lock(rule_sets: Iterable[RuleSet], path: Path = LOCK) -> None:
    """Write the lock file."""
    lines = [f"{rules.name} {rules.number} {rules.digest}\n" for rules in rule_sets]
    path.write_text("".join(["# Written by `make rules`; see newsbot/rule_versions.py.\n", *lines]), "utf-8")


def problems(
    current: Iterable[RuleSet], locked: dict[str, RuleSet], *, is_same_output: bool = False
) -> list[str]:
    """Return why the lock must not be rewritten: one line for each rule set that changed without a new number."""
    found = []
    for rules in current:
        old = locked.get(rules.name)
        if old is None or rules == old:
            continue
        if rules.number < old.number:
            found.append(f"{rules.name} went back from {old.number} to {rules.number}")
        elif rules.number == old.number and not is_same_output:
            found.append(f"{rules.name} is still {rules.number}, but its code, word lists or models changed")
    return found


def digest_of(root: Path, paths: Iterable[str]) -> str:
    """Return a hash of files and folders below `root`: names, syntax trees of modules, bytes of other files."""
    digest = sha256()
    for file in sorted(set(_files(root, paths))):
        content = module_shape(file.read_bytes()) if file.suffix == ".py" else file.read_bytes()
        name = file.relative_to(root).as_posix()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _files(root: Path, paths: Iterable[str]) -> Iterator[Path]:
    for path in (root / name for name in paths):
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file() and file.suffix not in IGNORED_SUFFIXES:
                yield file


def main(arguments: list[str]) -> None:
    """Rewrite the lock file, or exit with a message if a rule set changed without a new number."""
    current = current_rule_sets()
    if found := problems(current, read_lock(), is_same_output="--same" in arguments):
        raise SystemExit(
            "\n".join(found) + "\nIncrease the number in newsbot/rule_versions.py and run `make rules` again."
            "\nOnly if every page is read exactly as before (a refactoring): `make rules SAME=1`."
        )
    write_lock(current)


if __name__ == "__main__":
    main(sys.argv[1:])
