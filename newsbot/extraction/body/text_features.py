"""What the words of a block give away, as numbers: length, punctuation, and phrases in many languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newsbot.extraction.body.blocks import Block
from newsbot.extraction.body.class_words import word_set

_HEAD_CHARS: Final = 200
"""So much of a block is looked at: what it is shows at its beginning."""
_SPOKEN_CHARS: Final = 120
_CJK = re.compile(r"[぀-ヿ㐀-鿿가-힣]")
_LINK = re.compile(r"https?://")
_HANDLE = re.compile(r"@\w")
_DOMAIN = re.compile(r"\.(?<=\w\.)(?:com|de|net|org)\b")
_WORD = re.compile(r"[^\W\d_]+")

# Words that open a pointer to something else ...
_MORE: Final = word_set(
    """
    read see watch also more related next full don recommended most trending must view popular follow find
    discover explore lesen lies mehr auch weiter weitere siehe zum zur hier alle lire voir aussi plus
    también puede lea lee ver mira además leia veja saiba mais confira leggi vedi guarda potrebbe lees meer
    bekijk läs les læs lue mer zobacz czytaj ayrıca читайте смотрите
    """
)
# ... a line about the article ...
_BY: Final = word_set(
    """
    by von par por di door av af od przez text от автор written reporting edited editing contact published
    updated posted stand veröffentlicht aktualisiert publié mis publicado actualizado aggiornato pubblicato
    gepubliceerd publicerad yayın güncelleme опубликовано author
    """
)
# ... and words that, anywhere, speak of joining, of rights, of readers' talk, of advertising.
_JOIN: Final = word_set(
    """
    subscribe subscriber subscribers subscription sign signup newsletter newsletters abonnieren abo
    abonnement abonnez suscríbete suscribirse suscripción assine assinante iscriviti inscreva register login
    log download app click klicken cookie cookies zustimmen consent whatsapp telegram facebook twitter
    instagram youtube google podcast email mail membership support donate donation spende account password
    passwort подпишитесь подписывайтесь join follow
    """
)
_RIGHTS: Final = word_set(
    """
    copyright rights rechte reserved derechos droits direitos getty reuters afp dpa ap photo foto fotos
    image bild picture credit quelle source fuente video imago alamy shutterstock file photograph symbolbild
    archivbild photos images
    """
)
_TALK: Final = word_set(
    """
    comment comments kommentar kommentare comentario comentarios comentários opinion think tell know share
    teilen partager compartir compartilhar condividi hide reply report moderation thread
    """
)
_AD: Final = word_set(
    """
    advertisement advertising anzeige werbung publicité publicidad publicidade sponsored affiliate
    commission reklam annons реклама
    """
)
_TELLING: Final = _JOIN | _RIGHTS | _TALK | _AD
_CJK_PHRASES = re.compile(
    r"関連|続き|あわせて|相关|延伸|更多|관련|登録|会員|购买|訂閱|구독|写真|사진|图|기자|記者|记者|编辑|コメント|评论|댓글|広告|無断|转载|©"
)

# Kinds of characters, as ranges; every table below has a line for each character, all above U+FFFF sharing the last.
_CODES: Final = 1 << 16
_COUNTED: Final = {
    "digits": "09٠٩۰۹०९０９",
    "capitals": "AZÀÖØÞАЯΑΩ",
    "commas": ",,،،、、，，;;",
    "cjk": "぀ヿ㐀鿿가힣",
    "spaces": "  ",
    "bars": "||",
}
_COUNTER_BITS: Final = 10
"""A counter for each kind in one number: none counts over `_HEAD_CHARS`."""


def _table(kinds: Iterable[str]) -> NDArray[np.int64]:
    table = np.zeros(_CODES, dtype=np.int64)
    for place, ranges in enumerate(kinds):
        for first, last in zip(ranges[::2], ranges[1::2], strict=True):
            table[ord(first) : ord(last) + 1] |= 1 << place * _COUNTER_BITS
    return table


def _doubled(characters: str) -> str:
    """Return single characters as ranges."""
    return "".join(character * 2 for character in characters)


_COUNTERS: Final = _table(_COUNTED.values())
_LAST: Final = _table(map(_doubled, (".!?。！？…।؟”\"»:;“)]’'", '.!?。！？…।؟”"»', ":", "?")))
_FIRST: Final = _table([_doubled("\"“„«»'‘–—-•「『¿¡‹*·▪►|©#@(>")])
_PLACES: Final = np.arange(len(_COUNTED)) * _COUNTER_BITS

_COUNT_NAMES: Final = ("digit_share", "capital_share", "commas", "bar", "cjk")
_LAST_NAMES: Final = ("ends", "ends_full", "ends_colon", "ends_question")
_SAID_NAMES: Final = (
    "lower", "url", "says_more", "says_by", "says_join", "says_rights", "says_talk", "says_ad", "says_cjk",
)  # fmt: skip
NAMES: Final = (
    "size", "words", "link_share", "links", "bold_share", "italic_share",
    *_COUNT_NAMES, *_LAST_NAMES, "opener", *_SAID_NAMES,
)  # fmt: skip


def is_prose(block: Block) -> bool:
    """Tell whether a block looks like running text: long, and hardly linked."""
    size = len(block.text)
    return block.link_chars * 3 < size and (size > 80 or (size > 30 and _CJK.search(block.text) is not None))


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, letters only."""
    return _WORD.findall(text.lower())


def first_words(text: str) -> list[str]:
    """Return the words that a text begins with."""
    return words_of(text[:_SPOKEN_CHARS])


def wording_rows(blocks: Sequence[Block], spoken: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """Return the numbers of the blocks' texts, a row each, in the order of `NAMES`; `spoken` are their first words."""
    texts = [block.text for block in blocks]
    heads = [text[:_HEAD_CHARS] for text in texts]
    counts = _count_characters(heads)
    digits, capitals, commas, cjk, spaces, bars = counts.T
    head_sizes = array_of(((len(head),) for head in heads), 1)[:, 0]
    sizes = array_of(
        (
            (
                len(text),
                text.count(" ") + 1,
                block.link_chars,
                block.links,
                block.bold_chars,
                block.italic_chars,
            )
            for block, text in zip(blocks, texts, strict=True)
        ),
        6,
    )
    sizes[:, (2, 4, 5)] /= sizes[:, :1]
    sizes[:, 0] += cjk
    by_count = (digits / head_sizes, capitals / (spaces + 1), commas, bars > 0, cjk > 0)
    return np.hstack((
        sizes,
        np.stack(by_count, axis=1),
        _marks(_LAST, "".join([text[-1] for text in texts]), len(_LAST_NAMES)),
        _marks(_FIRST, "".join([text[0] for text in texts]), 1),
        array_of(map(_said, heads, spoken, (cjk > 0).tolist()), len(_SAID_NAMES)),
    ))  # fmt: skip


def array_of(rows: Iterable[Sequence[float]], width: int) -> NDArray[np.float32]:
    """Return rows of so many numbers as an array."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.float32).reshape(-1, width)


def _codes(text: str) -> NDArray[np.uint32]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.minimum(codes, _CODES - 1)


def _count_characters(heads: Sequence[str]) -> NDArray[np.float32]:
    """Return how often each kind of `_COUNTED` stands in each text, none empty."""
    ends = np.cumsum([len(head) for head in heads])
    packed = np.add.reduceat(_COUNTERS[_codes("".join(heads))], np.r_[0, ends[:-1]])
    return (packed[:, None] >> _PLACES & (1 << _COUNTER_BITS) - 1).astype(np.float32)


def _marks(table: NDArray[np.int64], characters: str, kinds: int) -> NDArray[np.float32]:
    """Return for each character whether it is of each kind of a table."""
    return (table[_codes(characters)][:, None] >> _PLACES[:kinds] & 1).astype(np.float32)


def _said(head: str, spoken: Sequence[str], is_cjk: bool) -> tuple[bool, ...]:
    """Return what the words at the beginning of a text tell, in the order of `_SAID_NAMES`."""
    first = spoken[0] if spoken else ""
    telling = _TELLING.intersection(spoken)
    has_sign = "©" in head
    return (
        head[0].islower(),
        _names_address(head),
        first in _MORE,
        first in _BY,
        bool(telling) and not _JOIN.isdisjoint(telling),
        has_sign or (bool(telling) and not _RIGHTS.isdisjoint(telling)),
        bool(telling) and not _TALK.isdisjoint(telling),
        bool(telling) and not _AD.isdisjoint(telling),
        is_cjk and _CJK_PHRASES.search(head) is not None,
    )


def _names_address(head: str) -> bool:
    """Whether a text holds an address or an account; the signs are looked for first, being rare."""
    return (
        "www." in head
        or ("@" in head and _HANDLE.search(head) is not None)
        or ("." in head and _DOMAIN.search(head) is not None)
        or ("://" in head and _LINK.search(head) is not None)
    )
