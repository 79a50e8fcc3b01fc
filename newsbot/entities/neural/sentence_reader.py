"""Read the mentions of a text with a network that reads single sentences.

A sentence that was read before, in this text or another, comes from a cache (wire copies); a sentence without a capital
letter that could begin a name is skipped. Afterwards the mentions are made consistent over the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from newsbot.entities.english import settle_names
from newsbot.entities.names import NameSpan
from newsbot.entities.neural.recent import RecentAnswers
from newsbot.entities.tokens import split_sentences
from newsbot.items import Mention

VERSION = 3
"""Version of the code between scores and mentions: increase it when the same scores may give other mentions."""
REMEMBERED_SENTENCES = 20_000
"""Number of sentences in the cache."""

ReadSentences = Callable[[Sequence[str]], Iterable[Iterable[NameSpan]]]
"""Takes sentences and yields the names of every sentence, with offsets within it."""

_CAPITAL = re.compile(r"[^\W\d_a-z]")
# Words that often begin a sentence and never a name: without another capital, the sentence has no name.
_PLAIN_START = re.compile(
    r"\W*(?:The|A|An|I|It|He|She|We|You|They|This|That|These|Those|There|Here|His|Her|Its|Their|Our|My|Your|But|And|Or"
    r"|So|If|In|On|At|By|For|From|With|As|To|Of|After|Before|When|While|Where|What|Who|Why|How|Not|No|Yes|Now|Then|Also"
    r"|Some|Many|Most|All|Both|Each|One|Two|Three|Other|Others|Another|However|Although|Though|Because|Since|Until|Once"
    r"|Under|Over|About|Despite|During|According|Earlier|Later|Meanwhile|Still|Even|Just|Only|Last|Next|More|Less|Such"
    r"|Is|Are|Was|Were|Do|Does|Did|Can|Could|Will|Would|Should|May|Have|Has|Had|Let|Please|Well|Nearly|Almost|Several)\b"
)


class SentenceReader:
    """Finds names by reading every distinct sentence once; thread-safe."""

    def __init__(self, read: ReadSentences) -> None:
        self._read = read
        self._recent = RecentAnswers[tuple[NameSpan, ...]](REMEMBERED_SENTENCES)

    def mentions(self, text: str) -> list[Mention]:
        """Return the mentions in `text`, in order, made consistent over the whole text."""
        places = _worth_reading(text)
        known = self._spans_of({text[start:end]: None for start, end in places})
        mentions = [
            Mention(start=start + a, end=start + b, text=text[start + a : start + b], type=kind)
            for start, end in places
            for a, b, kind in known[text[start:end]]
        ]
        return settle_names(mentions, text)

    def _spans_of(self, sentences: Iterable[str]) -> dict[str, tuple[NameSpan, ...]]:
        known = self._recent.get(sentences)
        unread = [sentence for sentence in sentences if sentence not in known]
        new = dict(zip(unread, map(tuple, self._read(unread)), strict=True)) if unread else {}
        self._recent.add(new)
        return known | new


def _worth_reading(text: str) -> list[tuple[int, int]]:
    """Return the ranges of sentences that may have a name: those with a capital, or all if most have none."""
    places = list(split_sentences(text))
    capitalised = [place for place in places if _may_hold_name(text[slice(*place)])]
    return capitalised if 2 * len(capitalised) >= len(places) else places


def _may_hold_name(sentence: str) -> bool:
    start = _PLAIN_START.match(sentence)
    return _CAPITAL.search(sentence, start.end() if start else 0) is not None
