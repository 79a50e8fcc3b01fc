"""Parts of a page that are not its article, by their structure: readers' comments, requests for consent, invitations to newsletters.

The models are trained to leave them out, and mostly do. Long, well written ones win now and then; where the page itself
says what they are, it is believed. A part goes only if it follows on text of the article, and text is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.class_words import FAMILY_BITS
from newsbot.extraction.body.comment_labels import is_comment_label
from newsbot.extraction.body.containers import HEADINGS
from newsbot.extraction.body.further_articles import further_articles, named_articles
from newsbot.extraction.body.spans import Span, Spans, is_stamp
from newsbot.languages.word_patterns import any_of

MIN_CHARS_BEFORE: Final = 100
"""Number of characters of the article before a part that follows on it."""
MIN_STAMP_SHARE: Final = 0.3
"""Number of lines with a number for each chosen block, from which blocks below a label are comments."""
MAX_LABELS: Final = 12
"""Number of labels whose parts are examined."""
MIN_CHARS_LEFT: Final = 100
"""Number of characters that are left, so that the page is more than its comments."""
_COMMENTS: Final = FAMILY_BITS["comments"]
_MAY_BE_CONSENT: Final = FAMILY_BITS["header"] | FAMILY_BITS["popup"]
"""Families of words that the names of requests for consent belong to."""
_NO_COMMENTS = re.compile(
    r"(?:no|without|with|has|hide|allow|enabled?|open|closed)[-_]?comments?|"
    r"comments?[-_]?(?:open|closed|enabled|disabled|on|off|allowed|count|free)\b|commentary|commentisfree",
    re.IGNORECASE,
)
"""Class names that say whether an article has comments, or that it is one."""
_CONSENT_NAMES = re.compile(
    r"cookie|consent|gdpr|dsgvo|rgpd|\bcmp\b|cmp[-_]|onetrust|didomi|privacy", re.IGNORECASE
)
CONSENT_WORDS: Final = {
    "mul": "cookie, cmp",
    "en": "consent, partners, your device, privacy, legitimate interest, withdraw, personal data, reject, preferences",
    "de": "einwillig, zustimm, partner, endgerät, datenschutz, berechtigtes interesse, widerruf, ablehnen",
    "fr": "consent, partenaires, terminal, confidentialité, intérêt légitime, retirer, refuser",
    "es": "consent, socios, dispositivo, privacidad, interés legítimo, retirar, rechazar",
    "pt": "consent, parceiros, dispositivo, privacidade, interesse legítimo, rejeitar",
    "it": "consens, partner, dispositivo, privacy, legittimo interesse, revocare, rifiut",
    "nl": "toestemming, partners, apparaat, privacy, gerechtvaardigd belang, weiger",
    "pl": "zgod, partner, urządzeni, prywatno, uzasadnion, wycofa",
    "sv": "samtyck, partner, enhet, integritet, berättigat intresse",
    "ja": "クッキー, 同意, プライバシー, パートナー",
    "ko": "쿠키, 동의, 개인정보",
    "zh": "同意, 隐私, 隱私, 合作伙伴",
    "ru": "куки, соглас, конфиденциальн, партнер",
}
"""Language -> beginnings of words that requests for consent consist of."""
_CONSENT_WORD = re.compile(any_of(CONSENT_WORDS), re.IGNORECASE)
MAX_CONSENT_CHARS: Final = 6000
"""Number of characters above which an element is more than a request for consent."""
MIN_CONSENT_WORDS: Final = 3
"""Number of different words of consent from which a part without a name is a request."""
_INVITATION_NAMES = re.compile(
    r"(?:^|[\s_-])(?:newsletter|mailing-?list|sign-?up|subscri(?:be|ption)s?|subscribe)(?=$|[\s_-]|[A-Z])|Newsletter(?:$|[A-Z\s_-])",
)
MAX_INVITATION_CHARS: Final = 600
"""Number of characters above which an element with such a name is a text: newsletters are published as articles, too."""
_CACHE_SIZE: Final = 4096
_COOKIES: Final = ("ookie", "クッキー", "쿠키", "куки")


def without_foreign(blocks: Sequence[Block], chosen: Sequence[Block], headline: int | None) -> list[Block]:
    """Return the chosen blocks without those of comments, consent, invitations and further articles.

    `blocks` are all blocks of the page, `headline` is the position of the headline among them."""
    if not chosen:
        return []
    spans = Spans(blocks, chosen, headline)
    left = list(chosen)
    for find in (
        further_articles,
        named_articles,
        _comments_by_name,
        _comments_by_label,
        _consent,
        _invitations,
    ):
        foreign = set().union(*(range(*span) for span in find(spans)))
        if foreign:
            kept = [block for block in left if spans.position(block) not in foreign]
            if sum(len(block.text) for block in kept) >= MIN_CHARS_LEFT:
                left = kept
    return left


def find_headline(blocks: Sequence[Block], title: str) -> int | None:
    """Return the position of the headline: the heading with the title, else the first h1; None if there is none."""
    first = None
    for position, block in enumerate(blocks):
        if block.container.tag in HEADINGS:
            if title and block.text == title:
                return position
            if first is None and block.container.tag == "h1":
                first = position
    return first


def _comments_by_name(spans: Spans) -> Iterator[Span]:
    """Yield the outermost elements with the names of comments, after text of the article."""
    seen: set[Container] = set()
    for block in spans.chosen:
        if block.container.inherited & _COMMENTS:
            outermost = _outermost(block.container, spans)
            if outermost and outermost not in seen:
                seen.add(outermost)
                span = spans.of(outermost)
                if spans.chars_before(span[0]) >= MIN_CHARS_BEFORE:
                    yield span


def _outermost(container: Container, spans: Spans) -> Container | None:
    found: Container | None = None
    inner: Container | None = container
    while inner is not None and not spans.has_headline(inner):
        if inner.flags & _COMMENTS and not _NO_COMMENTS.search(inner.names):
            found = inner
        inner = inner.parent
    return found


def _comments_by_label(spans: Spans) -> Iterator[Span]:
    """Yield what follows on a label of comments, if it has names and times."""
    first = spans.first_after(MIN_CHARS_BEFORE)
    labels = (
        position
        for position in range(first, len(spans.blocks))
        if is_comment_label(spans.blocks[position].text)
    )
    for position in islice(labels, MAX_LABELS):
        start = position + 1
        end = _end_of_labelled(spans, position)
        if not spans.is_headline_between(start, end) and _has_names_and_times(spans, start, end):
            yield position, end


def _has_names_and_times(spans: Spans, start: int, end: int) -> bool:
    """Return whether a part has a line with a number, such as a time, for every few chosen blocks."""
    stamps = sum(is_stamp(other.text) for other in spans.blocks[start:end])
    return stamps >= MIN_STAMP_SHARE * max(1, spans.count_in((start, end)))


def _end_of_labelled(spans: Spans, position: int) -> int:
    """Return where the part below a label ends: with the element around both, or before a heading of the same level."""
    label = spans.blocks[position]
    container: Container | None = label.container
    while container is not None and spans.of(container)[1] <= position + 1:
        container = container.parent
    end = spans.of(container)[1] if container else len(spans.blocks)
    if label.container.tag in HEADINGS:
        for other in range(position + 1, end):
            tag = spans.blocks[other].container.tag
            if tag in HEADINGS and tag <= label.container.tag:
                return other
    return end


def _consent(spans: Spans) -> Iterator[Span]:
    """Yield elements without the headline that are requests for consent, by a name and a word, or by several words."""
    seen: set[tuple[Container, bool]] = set()
    for block in spans.chosen:
        says_so = any(word in block.text for word in _COOKIES)
        if says_so or block.container.inherited & _MAY_BE_CONSENT:
            found = _consent_element(block, spans, seen, says_so=says_so)
            if found is not None:
                yield spans.of(found)


def _invitations(spans: Spans) -> Iterator[Span]:
    """Yield small elements with the name of a newsletter or subscription, without the headline."""
    for block in spans.chosen:
        container: Container | None = block.container
        while (
            container is not None
            and container.chars <= MAX_INVITATION_CHARS
            and not spans.has_headline(container)
        ):
            if _names_invitation(container.names):
                yield spans.of(container)
                break
            container = container.parent


@lru_cache(maxsize=_CACHE_SIZE)
def _names_invitation(names: str) -> bool:
    """Return whether class names are those of a newsletter or a subscription."""
    return _INVITATION_NAMES.search(names) is not None


def _consent_element(
    block: Block, spans: Spans, seen: set[tuple[Container, bool]], *, says_so: bool
) -> Container | None:
    """Return the outermost element around a block that is a request for consent.

    `seen` has the elements that were examined before, `says_so` is whether the block speaks of cookies."""
    found: Container | None = None
    container: Container | None = block.container
    while (
        container is not None
        and (container, says_so) not in seen
        and container.chars <= MAX_CONSENT_CHARS
        and not spans.has_headline(container)
    ):
        seen.add((container, says_so))
        is_named = _CONSENT_NAMES.search(container.names) is not None
        if is_named or (says_so and container.blocks > 1):
            words_used = _consent_words(spans, container)
            if len(words_used) >= (1 if is_named else MIN_CONSENT_WORDS):
                found = container
        container = container.parent
    return found


def _consent_words(spans: Spans, container: Container) -> set[str]:
    start, end = spans.of(container)
    text = " ".join(block.text for block in spans.blocks[start:end])
    return {word.lower() for word in _CONSENT_WORD.findall(text)}
