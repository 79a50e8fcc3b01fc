"""An article's mentions by an engine that reads a sentence by itself: which sentences, each only once, then the whole.

A sentence that came before, in this text or another, costs nothing (wire copies); one without a capital letter that
could begin a name is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from newsbot.entities.consistency import make_consistent
from newsbot.entities.names import NameSpan
from newsbot.entities.neural.recent import RecentAnswers
from newsbot.entities.tokens import split_sentences
from newsbot.items import Mention

VERSION = 2
"""Of all that stands between a network and mentions: raise it when the same scores may give others."""
REMEMBERED_SENTENCES = 20_000

ReadSentences = Callable[[Sequence[str]], Iterable[Iterable[NameSpan]]]
"""Gives for each sentence the names in it, offsets counted in it."""

_CAPITAL = re.compile(r"[^\W\d_a-z]")
# Words that often begin a sentence and never a name: with no other capital, the sentence holds none.
_PLAIN_START = re.compile(
    r"\W*(?:The|A|An|I|It|He|She|We|You|They|This|That|These|Those|There|Here|His|Her|Its|Their|Our|My|Your|But|And|Or"
    r"|So|If|In|On|At|By|For|From|With|As|To|Of|After|Before|When|While|Where|What|Who|Why|How|Not|No|Yes|Now|Then|Also"
    r"|Some|Many|Most|All|Both|Each|One|Two|Three|Other|Others|Another|However|Although|Though|Because|Since|Until|Once"
    r"|Under|Over|About|Despite|During|According|Earlier|Later|Meanwhile|Still|Even|Just|Only|Last|Next|More|Less|Such"
    r"|Is|Are|Was|Were|Do|Does|Did|Can|Could|Will|Would|Should|May|Have|Has|Had|Let|Please|Well|Nearly|Almost|Several)\b"
)


class SentenceReader:
    """Finds names by reading each sentence once; may be used from several threads at once."""

    def __init__(self, read: ReadSentences) -> None:
        self._read = read
        self._recent = RecentAnswers[tuple[NameSpan, ...]](REMEMBERED_SENTENCES)

    def mentions(self, text: str) -> list[Mention]:
        """Return the mentions in `text`, in order, made consistent over the whole of it."""
        places = _worth_reading(text)
        known = self._spans_of({text[start:end]: None for start, end in places})
        mentions = [
            Mention(start=start + a, end=start + b, text=text[start + a : start + b], type=kind)
            for start, end in places
            for a, b, kind in known[text[start:end]]
        ]
        return make_consistent(mentions, text)

    def _spans_of(self, sentences: Iterable[str]) -> dict[str, tuple[NameSpan, ...]]:
        known = self._recent.get(sentences)
        unread = [sentence for sentence in sentences if sentence not in known]
        new = dict(zip(unread, map(tuple, self._read(unread)), strict=True)) if unread else {}
        self._recent.add(new)
        return known | new


def _worth_reading(text: str) -> list[tuple[int, int]]:
    """Return the sentences that may hold a name: those with a capital, or all where capitals are hardly used."""
    places = list(split_sentences(text))
    capitalised = [place for place in places if _may_hold_name(text[slice(*place)])]
    return capitalised if 2 * len(capitalised) >= len(places) else places


def _may_hold_name(sentence: str) -> bool:
    start = _PLAIN_START.match(sentence)
    return _CAPITAL.search(sentence, start.end() if start else 0) is not None
