"""Who took a picture, read from the words below it: "Photo: Ada Kovac/dpa", "© Harbour News", "(AP Photo/Ada Kovac)"."""

from __future__ import annotations

import re
from typing import Final

from newsbot.languages.word_patterns import any_of, any_word_of

MAX_CREDIT_CHARS: Final = 150
"""Number of characters above which what follows a label is no credit."""
MAX_TAIL_CHARS: Final = 300
"""Number of characters at the end of a caption in which a credit is looked for."""
LABELS: Final = {
    "en": "photos?, photographs?, photography, photographer, pictures?, images?, illustration, credit, courtesy, source",
    "de": "fotos?, bild, bilder, bildquelle, bildnachweis, fotograf, fotografin, grafik, quelle, copyright",
    "fr": "photos?, crédit, crédits, image, illustration",
    "es": "fotos?, fotografía, imagen, crédito, ilustración",
    "pt": "fotos?, fotografia, imagem, crédito, divulgação",
    "it": "foto, fotografia, immagine, credito, crediti",
    "ca": "fotos?, imatge, fotografia",
    "ro": "foto, fotografie, sursa foto",
    "nl": "foto, beeld, fotograaf",
    "sv": "foto, bild, fotograf",
    "no": "foto, bilde, fotograf",
    "da": "foto, billede, fotograf",
    "fi": "kuva, kuvat, kuvaaja",
    "et": "foto, pilt",
    "lv": "foto, attēls",
    "lt": "nuotr, nuotrauka",
    "pl": "fot, foto, zdjęcie, zdjęcia",
    "cs": "foto, fotografie",
    "sk": "foto, fotografia",
    "hu": "fotó, fénykép, kép",
    "sl": "foto, fotografija",
    "hr": "foto, fotografija",
    "sr": "фото, foto",
    "bg": "снимка, фото",
    "mk": "фото",
    "ru": "фото, фотография, иллюстрация",
    "uk": "фото, світлина",
    "el": "φωτογραφία, φωτο",
    "tr": "fotoğraf, foto, görsel",
    "ar": "صورة, الصورة, تصوير",
    "fa": "عکس",
    "he": "צילום",
    "hi": "फोटो, तस्वीर",
    "id": "foto, gambar",
    "vi": "ảnh",
    "th": "ภาพ",
    "ja": "写真, 撮影, 画像",
    "zh": "图片来源, 图片, 图, 摄影, 圖片來源, 圖片, 圖, 攝影",
    "ko": "사진",
}
"""Words before a colon that announce who took a picture."""
BY: Final = {"en": "by, courtesy of", "de": "von", "fr": "par", "nl": "door"}
"""Words after such a label, without a colon."""
AGENCIES: Final = {
    "mul": """AP, AFP, Reuters, Getty(?: Images)?, EPA, EFE, ANSA, dpa, APA, TASS, Xinhua, Yonhap, Kyodo, PA Media, PA, TT,
        NTB, Ritzau, Lusa, Shutterstock, Alamy, iStock, Unsplash, Pixabay, Flickr, Wikimedia(?: Commons)?, Bloomberg, NASA"""
}
"""Agencies and archives that are named without a label."""
_LABEL: Final = any_word_of(LABELS)
_AGENCY: Final = rf"\b{any_of(AGENCIES)}\b"
_SIGN: Final = rf"(?:\s?[:：=]\s*|\s{any_of(BY)}[:\s]\s*)"
_COPYRIGHT: Final = r"(?:©|\([cC]\)|[cC]opyright:?)\s*"
_PATTERNS: Final = (
    re.compile(rf"[(\[](?P<credit>[^()\[\]]*(?:{_AGENCY}|(?i:{_LABEL}))[^()\[\]]*)[)\]]\.?$"),
    re.compile(rf"(?:^|[\s(\[|–—]){_COPYRIGHT}(?P<credit>[^©\n]+)$"),
    re.compile(
        rf"(?:^|[\s(\[|–—/.=＝（、。])(?:{_LABEL}\s){{0,2}}{_LABEL}{_SIGN}(?P<credit>[^:：\n]+)$",
        re.IGNORECASE,
    ),
    re.compile(rf"(?:(?<=[.!?])\s|\s[|–—]\s)(?P<credit>(?:[^\s.!?]+\s){{0,5}}[^\s.!?]*{_AGENCY}[^.!?]*)$"),
    re.compile(r"(?<=[\u3040-\u9fff）」])[=＝](?P<credit>[^=＝\s]{1,20})$"),
)
"""Credits at the end of a caption, in the order in which they are looked for."""
_LEADING_LABEL: Final = re.compile(
    rf"^(?:{_COPYRIGHT}|(?:(?:{_LABEL})\s){{0,2}}(?:{_LABEL})(?:\s?[:：=,]|\s{any_of(BY)}\b:?))\s*",
    re.IGNORECASE,
)
_ENDS: Final = " \t|–—-,;/·•"


def split_credit(text: str) -> tuple[str, str | None]:
    """Return a caption without the credit at its end, and the credit; None if there is none."""
    end = text[-MAX_TAIL_CHARS:]
    for pattern in _PATTERNS:
        found = pattern.search(end)
        if found and len(found["credit"]) <= MAX_CREDIT_CHARS and (credit := bare_credit(found["credit"])):
            return trimmed(text[: len(text) - len(end) + found.start()]), credit
    return text, None


def trimmed(text: str) -> str:
    """Return a text without separators and opened brackets at its end."""
    return text.rstrip(" \t([|–—-,;/·•")


def bare_credit(text: str) -> str:
    """Return a credit without "Photo:", "©" and brackets around it; "" if there is nothing else."""
    text = _without_brackets(text)
    for _ in range(3):
        shorter = _without_brackets(_LEADING_LABEL.sub("", text))
        if shorter == text:
            break
        text = shorter
    return text


def _without_brackets(text: str) -> str:
    """Return a text without separators at its ends, and without brackets there that surround all of it or have no other half."""
    text = text.strip(_ENDS)
    for opened, closed in ("()", "[]"):
        if text.startswith(opened) and (text.endswith(closed) or closed not in text):
            text = text[1:].removesuffix(closed)
        elif text.endswith(closed) and opened not in text:
            text = text[:-1]
    return text.strip(_ENDS)
