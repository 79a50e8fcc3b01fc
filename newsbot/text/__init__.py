"""Text as all modules treat it: white space, Unicode, words; and the charsets that are believed."""

from newsbot.text.plain_text import (
    MAX_LINE_CHARS,
    MAX_MARKS,
    UNPRINTABLE,
    clean_text,
    collapse_space,
    escape_controls,
    letters,
    normalized,
    one_line,
    paragraphs,
    plain_line,
    size_of,
    without_repeats,
    without_surrogates,
    word_count,
    words,
)

__all__ = [
    "MAX_LINE_CHARS",
    "MAX_MARKS",
    "UNPRINTABLE",
    "clean_text",
    "collapse_space",
    "escape_controls",
    "letters",
    "normalized",
    "one_line",
    "paragraphs",
    "plain_line",
    "size_of",
    "without_repeats",
    "without_surrogates",
    "word_count",
    "words",
]
