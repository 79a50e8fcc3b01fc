"""Set up the compiled core with the tables and limits of the rules that are written in Python."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any, Final

import numpy as np

from newsbot.extraction.body import blocks, comment_labels
from newsbot.extraction.body.body_model import FEATURES_KEY, FILES
from newsbot.extraction.body.class_words import FAMILIES, family_bits
from newsbot.extraction.body.containers import HEADINGS, PARAGRAPHS
from newsbot.extraction.body.features import (
    block_features,
    characters,
    landmark_features,
    neighbour_features,
    text_features,
)
from newsbot.extraction.body.scoring import block_walk
from newsbot.extraction.body.scoring.block_scores import MIN_FIRST_SCORE
from newsbot.extraction.body.word_lists import read_text_words
from newsbot.extraction.page.data_tables import data_rows
from newsbot.extraction.page.elements import ACTIONS, OPEN_BLOCK
from newsbot.extraction.trees.onnx_file import TreeFile, read_tree_file
from newsbot.text.compiled_core import load_core

_OTHER_TAG: Final = "other"


class CoreTables:
    """The core with the rules of this version: what reads blocks, and what scores them."""

    def __init__(self, core: ModuleType, first: TreeFile, second: TreeFile) -> None:
        self.block_type: type = core.blocks.Block
        self.unreadable: type[Exception] = core.block_walk.UnreadableError
        self.reader = core_reader(core)
        self.scorer = core_scorer(core, first, second)


@cache
def load_core_tables() -> CoreTables | None:
    """Return the core; None if it is not installed, or made for other features than the models were trained on."""
    core = load_core()
    if core is None:
        return None
    package = files("newsbot.extraction.body")
    first, second = (read_tree_file(package.joinpath(name).read_bytes()) for name in FILES)
    if {first.metadata[FEATURES_KEY], second.metadata[FEATURES_KEY]} != {core.FEATURES}:
        return None
    return CoreTables(core, first, second)


def core_reader(core: ModuleType) -> Any:
    """Return what reads blocks."""
    named = sorted({*ACTIONS, *blocks.TAG_BITS, *PARAGRAPHS, *block_features.TAGS, "article", "body", "html"})
    return core.block_walk.Reader(
        [_tag_row(name) for name in named],
        _tag_row(_OTHER_TAG),
        family_bits=family_bits,
        is_hidden_by=block_walk.is_hidden_by,
        data_rows=data_rows,
        concealed=blocks.CONCEALED,
        max_blocks=block_walk.MAX_BLOCKS,
        max_pictures=block_walk.MAX_PICTURES,
        max_media_distance=blocks.MAX_MEDIA_DISTANCE,
        min_link_share=block_walk.MIN_LINK_SHARE,
        border=block_walk.CELL_BORDER,
    )


def _tag_row(name: str) -> tuple[str, int, int, int, int, bool]:
    """Return what the core knows of elements with a name: action, bits, column, level of a heading, whether it is a paragraph."""
    level = int(name[1]) if name in HEADINGS else 0
    column = block_features.TAG_NUMBERS.get(name, block_features.TAG_NUMBERS[_OTHER_TAG])
    return (
        name,
        ACTIONS.get(name, OPEN_BLOCK),
        blocks.TAG_BITS.get(name, 0),
        column,
        level,
        name in PARAGRAPHS,
    )


def core_scorer(core: ModuleType, first: TreeFile, second: TreeFile) -> Any:
    """Return what scores blocks, for the trees of both models."""
    texts = core.texts.Texts(
        _character_classes(),
        _word_bits(core.texts.LISTS),
        has_cjk_phrase=text_features.CJK_PHRASES.search,
        head_chars=characters.HEAD_CHARS,
        beginning_chars=text_features.FIRST_WORDS_CHARS,
        min_prose_chars=text_features.MIN_PROSE_CHARS,
        min_cjk_prose_chars=text_features.MIN_CJK_PROSE_CHARS,
        min_chars_per_linked=text_features.MIN_CHARS_PER_LINKED,
    )
    rows = core.features.BlockRows(
        texts,
        tags=len(block_features.TAGS),
        families=len(FAMILIES),
        flags=len(blocks.FLAG_NAMES),
        consent=landmark_features.CONSENT,
    )
    neighbours = core.neighbours.NeighbourRows(
        rows,
        contrasts=neighbour_features.CONTRAST_COLUMNS.tolist(),
        is_comment_label=comment_labels.is_comment_label,
    )
    return core.scores.Scorer(
        neighbours,
        core.forests.Forest(first),
        core.forests.Forest(second),
        max_candidates=block_features.MAX_CANDIDATES,
        min_first_score=MIN_FIRST_SCORE,
    )


def _character_classes() -> bytes:
    """Return two bytes for each code point: bits of the classes that are counted, of last characters, of first ones."""
    tables = (
        (characters.COUNTER_TABLE, len(characters.COUNTED_CLASSES)),
        (characters.LAST_TABLE, len(characters.LAST_CLASSES)),
        (characters.FIRST_TABLE, 1),
    )
    classes = np.zeros(len(characters.COUNTER_TABLE), np.uint16)
    place = 0
    for table, count in tables:
        for shift in characters.SHIFTS[:count]:
            classes |= ((table >> shift & 1) << place).astype(np.uint16)
            place += 1
    return classes.tobytes()


def _word_bits(lists: tuple[str, ...]) -> dict[str, int]:
    """Return the bits of the lists that each word is in."""
    bits: dict[str, int] = {}
    for word in read_text_words():
        if word.list_name in lists:
            bits[word.text] = bits.get(word.text, 0) | 1 << lists.index(word.list_name)
    return bits
