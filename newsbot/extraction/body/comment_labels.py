"""Labels above readers' comments ("12 comments", "Join the discussion"), in many languages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from newsbot.extraction.body.word_lists import words
from newsbot.languages.word_patterns import any_of

MAX_LABEL_CHARS: Final = 70
LABELS: Final = {
    "en": """(?:(?:readers?'?|user|all|latest|recent|view|show|load|see|read|post|leave|add|write|a|the|[0-9]+) )*comments?,
        (?:(?:all|latest|view|show|leave|post|write|a|[0-9]+) )*(?:replies|responses|reply|discussion), (?:comments|responses|replies|thoughts) (?:on|to|from) .+,
        thoughts? (?:on|to) .+, join the (?:conversation|discussion|debate), what do you think, have your say,
        your comments, what readers (?:say|think), comments (?:section|are closed), conversation, letters""",
    "de": """(?:alle )?(?:[0-9]+ )?(?:leser|nutzer)?-?kommentare?(?: anzeigen| lesen| schreiben)?, kommentare? (?:zu|von) .+, diskussion, lesermeinungen,
        diskutieren sie mit, ihre meinung, antworten, leserbriefe, leserstimmen, reaktionen, schreibe? einen kommentar""",
    "fr": """(?:vos |les |tous les )?(?:commentaires?|réactions?|réponses?), commentaires? (?:sur|des) .+,
        laisser un commentaire, avis des lecteurs, la discussion""",
    "es": """(?:los |tus |ver )?comentarios?, comentarios (?:de|en|sobre) .+, opiniones, deja un comentario,
        respuestas, únete a la conversación""",
    "pt": "(?:ver |os )?comentários?, deixe (?:um|seu) comentário, respostas, opinião dos leitores",
    "it": "(?:i |tutti i )?commenti, commento, lascia un commento, risposte, la discussione, i commenti dei lettori",
    "nl": "(?:alle |lezers)?reacties?, (?:praat|discussieer) mee, reageer, geef een reactie, discussie",
    "sv": "kommentarer, kommentar, (?:läsar|alla )kommentarer, diskussion, svar",
    "da": "kommentarer, kommentar, debat, læserkommentarer, svar",
    "nb": "kommentarer, kommentar, debatt, svar",
    "fi": "(?:lukijoiden )?kommentit, kommenttia?, keskustelu",
    "pl": "komentarze, komentarzy, komentarz, opinie, dyskusja, dodaj komentarz",
    "cs": "komentáře, komentářů, diskuse, diskuze, příspěvky čtenářů",
    "sk": "komentáre, diskusia",
    "hu": "hozzászólások?, kommentek, hozzászólás",
    "ro": "comentarii, comentarii(?:le)? cititorilor, lasă un comentariu",
    "hr": "komentari, komentar, rasprava",
    "el": "σχόλια, σχόλια αναγνωστών",
    "tr": "yorumlar, yorum, (?:okur|okuyucu) yorumları",
    "ru": "комментари(?:и|ев|й|я), обсуждение, комментарии читателей, отзывы",
    "uk": "коментар(?:і|ів|я)?, обговорення",
    "bg": "коментари?, коментара",
    "ar": "التعليقات, تعليقات(?: القراء)?, تعليق(?:ات)?, شارك برأيك",
    "he": "תגובות, תגובות הגולשים, תגובה",
    "fa": "نظرات, دیدگاه‌ها, نظرات کاربران, دیدگاه",
    "hi": "टिप्पणियाँ, टिप्पणियां, कमेंट",
    "id": "komentar, tanggapan pembaca",
    "vi": "bình luận, ý kiến(?: bạn đọc)?",
    "th": "ความคิดเห็น, แสดงความคิดเห็น",
    "ja": "(?:読者の|みんなの)?コメント(?:一覧)?(?: ?[0-9]+ ?件)?, 読者の声, 件のコメント(?:を見る)?",
    "zh": "(?:读者|讀者|网友|網友|全部|最新|热门|用户)?(?:评论|評論|留言|回应|回應), 条评论, 則留言",
    "ko": "(?:독자 |전체 )?댓글, 독자 의견, 개의 댓글",
}
"""Language -> labels; they may have a number before or after them."""
_LABEL: Final = re.compile(rf"(?:{any_of(LABELS)})", re.IGNORECASE)
_COUNT: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_WORD: Final = re.compile(r"[a-z]+")
_ASCII_WORDS: Final = frozenset(
    words(
        """comment comments commenti comentario comentarios commento commentaire commentaires conversation debat debate
    debatt deja diskusia diskuse diskussion diskutieren discussion discussie discussieer discussione diskuze
    dyskusja hozzaszolas keskustelu kommentar kommentare kommentarer kommentek kommentit komentar komentarze komentari
    komentarz komentarzy comentarii lascia laat leserbriefe leserkommentare lesermeinungen leserstimmen letters
    lukijoiden meinung mee nutzerkommentare opinie opiniones rasprava reactie reacties reageer reaktionen replies
    reply respostas responses respuestas risposte say svar tanggapan readers reponses thoughts thought think yorum
    yorumlar antworten"""
    )
)
"""The words of labels that are all ASCII: a line of ASCII without any of them is no label."""


_CACHE_SIZE: Final = 4096


def is_comment_label(text: str) -> bool:
    """Return whether a line is a label above readers' comments, with or without their number."""
    return len(text) <= MAX_LABEL_CHARS and _is_label(text)


@lru_cache(maxsize=_CACHE_SIZE)  # the lines of a page are asked for twice, those of its site on every page
def _is_label(text: str) -> bool:
    if text.isascii() and _ASCII_WORDS.isdisjoint(_WORD.findall(text.lower())):
        return False
    return _LABEL.fullmatch(_COUNT.sub("", text)) is not None
