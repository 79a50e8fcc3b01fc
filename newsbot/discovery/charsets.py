"""Guess the charset of a feed or sitemap that declares none, or a wrong one.

A feed may have few words outside its tags, fewer than statistics of letters need: charset-normalizer reads two headlines
in EUC-JP as Korean. So a charset is judged by whether its text consists of words as the script writes them.
"""

from __future__ import annotations

import re

FALLBACK = "cp1252"
"""Charset of texts in Latin script."""
_SAMPLE_BYTES = 16_384
_MAX_MARKUP_BYTES = 8 * _SAMPLE_BYTES
_MIN_HIGH_BYTES = 0.15
"""Minimum share of bytes above ASCII, beside others, in a text that is not in Latin script: measured 0.3 and more, in French
and Portuguese up to 0.11."""
_MIN_WORDS = 0.7
"""Minimum share of the characters above ASCII that are in words of the script."""

_JAPANESE = "[\u3000-ヿ一-龯！-～]*[ぁ-ヿ][\u3000-ヿ一-龯！-～]*"  # kanji beside kana
_CHINESE = "[\u3000-\u303f一-龥！-～]+"
# In a wrong charset of one byte a character, capitals are inside words, and marks where no letter is.
_CYRILLIC = r"\b[Ѐ-ЯҐ]?[а-џґ]+|\b[Ѐ-ЯҐ]\b"
_GREEK = r"\b[Ά-Ϋ]?[ά-ώ]+|\b[Ά-Ϋ]\b"
_THAI = "(?:[ก-ฮ][ัิ-ฺ็-๎]*|[ะาำเ-ๆฯ])+"
_SCRIPTS = {
    "cp1255": ("cp1255", "[א-ת]+"),
    "cp1251": ("cp1251", _CYRILLIC),
    "koi8_r": ("koi8_r", _CYRILLIC),
    "cp1253": ("cp1253", _GREEK),
    "euc_kr": ("cp949", "[\u3000-\u303f가-힣！-～]+"),
    "euc_jp": ("euc_jp", _JAPANESE),
    "shift_jis": ("cp932", _JAPANESE),
    "gb2312": ("gb18030", _CHINESE),
    "big5": ("cp950", _CHINESE),
    "cp1256": ("cp1256", "[\u0600-\u06ff]+"),
    "cp874": ("cp874", _THAI),
}
"""Charset -> the one that extends it, and the words of its script. Of charsets that fit as well, the first is taken."""

_UPPER_HALF = bytes(range(0x80, 0x100))
_HIGH_BYTES = re.compile(rb"[\x80-\xff]{2,}")
_MARKUP = re.compile(rb"<!\[CDATA\[|\]\]>|</?[a-zA-Z!?][^<>]{0,2000}>")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")


def is_iso_2022_jp(body: bytes) -> bool:
    """Return whether the bytes switch to Japanese with the escape codes of ISO-2022-JP; all of them are ASCII."""
    return _ISO_2022_JP.search(body) is not None


def likely_charset(body: bytes) -> str:
    """Return the charset of bytes that are not valid UTF-8, judged from the text between the tags."""
    if is_iso_2022_jp(body):
        return "iso2022_jp"
    if body.decode("utf-8", "replace").count("\ufffd") * 3 < _high_bytes(body):
        return "utf-8"  # but for a few broken characters
    words = b" ".join(_MARKUP.sub(b" ", body[:_MAX_MARKUP_BYTES]).split())[:_SAMPLE_BYTES]
    words = words.rpartition(b" ")[0] or words  # no half character at the end
    in_runs = sum(map(len, _HIGH_BYTES.findall(words)))
    if in_runs < _MIN_HIGH_BYTES * len(words) or in_runs * 2 < _high_bytes(words):
        return FALLBACK
    shares = {charset: _share_in_words(words, charset) for charset in _SCRIPTS}
    best = max(shares, key=lambda charset: shares[charset])
    return _SCRIPTS[best][0] if shares[best] >= _MIN_WORDS else FALLBACK


def _share_in_words(body: bytes, charset: str) -> float:
    text = body.decode(charset, "replace")
    in_words = sum(map(len, re.findall(_SCRIPTS[charset][1], text)))
    return in_words / max(1, len(_NOT_ASCII.findall(text)))


def _high_bytes(body: bytes) -> int:
    return len(body) - len(body.translate(None, _UPPER_HALF))
