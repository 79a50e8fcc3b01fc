"""What the words of a block give away, as numbers: length, punctuation, and phrases in many languages."""

from __future__ import annotations

import re
from typing import Final

from newsbot.extraction.blocks import Block
from newsbot.extraction.words import word_set

_HEAD_CHARS: Final = 200
_ENDS: Final = frozenset(".!?。！？…।؟”\"»:;“)]’'")
_FULL_ENDS: Final = frozenset('.!?。！？…।؟”"»')
_OPENERS: Final = frozenset("\"“„«»'‘–—-•「『¿¡‹*·▪►|©#@(>")
_DIGIT = re.compile(r"\d")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-ÞА-ЯΑ-Ω]")
_COMMA = re.compile(r"[,،、，;]")
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

NAMES: Final = ["size", "words", "link_share", "links", "bold_share", "italic_share", "digit_share", "capital_share", "commas", "ends", "ends_full", "ends_colon", "ends_question", "opener", "lower", "bar", "url", "cjk", "says_more", "says_by", "says_join", "says_rights", "says_talk", "says_ad", "says_cjk"]  # fmt: skip


def is_prose(block: Block) -> bool:
    """Tell whether a block looks like running text: long, and hardly linked."""
    size = len(block.text)
    return block.link_chars * 3 < size and (size > 80 or (size > 30 and _CJK.search(block.text) is not None))


def wording_row(block: Block) -> list[float]:
    """Return the numbers of a block's text, in the order of `NAMES`."""
    text = block.text
    head = text[:_HEAD_CHARS]
    size = len(text)
    cjk = 0 if head.isascii() else len(_CJK.findall(head))
    spoken = _WORD.findall(head.lower())
    first = spoken[0] if spoken else ""
    telling = _TELLING.intersection(spoken)
    last = text[-1]
    return [
        size + cjk,
        text.count(" ") + 1,
        block.link_chars / size,
        block.links,
        block.bold_chars / size,
        block.italic_chars / size,
        len(_DIGIT.findall(head)) / len(head),
        len(_CAPITAL.findall(head)) / (head.count(" ") + 1),
        len(_COMMA.findall(head)),
        last in _ENDS,
        last in _FULL_ENDS,
        last == ":",
        last == "?",
        text[0] in _OPENERS,
        text[0].islower(),
        "|" in head,
        _names_address(head),
        cjk > 0,
        first in _MORE,
        first in _BY,
        *_said(telling, "©" in head),
        cjk > 0 and _CJK_PHRASES.search(head) is not None,
    ]


def _names_address(head: str) -> bool:
    """Whether a text holds an address or an account; the signs are looked for first, being rare."""
    return (
        "www." in head
        or ("@" in head and _HANDLE.search(head) is not None)
        or ("." in head and _DOMAIN.search(head) is not None)
        or ("://" in head and _LINK.search(head) is not None)
    )


def _said(telling: frozenset[str], has_sign: bool) -> tuple[bool, bool, bool, bool]:
    if not telling:
        return False, has_sign, False, False
    return (
        not _JOIN.isdisjoint(telling),
        has_sign or not _RIGHTS.isdisjoint(telling),
        not _TALK.isdisjoint(telling),
        not _AD.isdisjoint(telling),
    )
