"""News agencies: which one an article was taken from, as its byline, its dateline or its last line says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from newsbot.dedupe.volatile import is_sentence

MAX_HEAD_CHARS = 160
"""Of the text, in which a dateline stands: "LONDON, March 3 (Reuters) - "."""
MAX_CREDIT_CHARS = 80
"""Of a text's end, in which a credit stands: "Source: AFP", "... he said. (PTI)"."""
MAX_BYLINE_WORDS = 4
"""Of a part of a byline that names an agency among other words: "Reuters Staff"."""
LONG_CHARS = 5
"""From here on a name may also be written in capitals."""

AGENCIES: dict[str, str] = {
    "Reuters": "Reuters|Thomson Reuters|رويترز|路透社|路透|ロイター|로이터|Рейтер|रॉयटर्स|רויטרס",
    "AP": "AP|Associated Press|AP News|أسوشيتد برس|美联社|美聯社|AP通信|AP통신",
    "AFP": "AFP|Agence France-Presse|Agence France Presse|أ ف ب|فرانس برس|法新社|АФП|এএফপি",
    "dpa": "dpa|DPA|dpa-AFX|Deutsche Presse-Agentur|د ب أ|德新社",
    "Xinhua": "Xinhua|新华社|新華社|شينخوا|Синьхуа",
    "China News Service": "China News Service|中新社|中新网",
    "UPI": "UPI|United Press International",
    "Bloomberg": "Bloomberg|彭博社",
    "PA": "PA|PA Media|Press Association",
    "Canadian Press": "Canadian Press|La Presse Canadienne",
    "AAP": "AAP|Australian Associated Press",
    "EFE": "EFE|Agencia EFE",
    "Europa Press": "Europa Press",
    "Prensa Latina": "Prensa Latina",
    "Télam": "Télam|Telam",
    "Noticias Argentinas": "Noticias Argentinas",
    "Colprensa": "Colprensa",
    "Lusa": "Lusa|LUSA|Agência Lusa",
    "Agência Brasil": "Agência Brasil",
    "Estadão Conteúdo": "Estadão Conteúdo",
    "Folhapress": "Folhapress",
    "ANSA": "ANSA",
    "Adnkronos": "Adnkronos",
    "AGI": "AGI",
    "LaPresse": "LaPresse",
    "APA": "APA|Austria Presse Agentur",
    "Keystone-SDA": "Keystone-SDA|Keystone-ATS|sda|SDA|ATS",
    "epd": "epd",
    "KNA": "KNA",
    "SID": "SID|Sport-Informations-Dienst",
    "Belga": "Belga",
    "ANP": "ANP",
    "TT": "TT|TT Nyhetsbyrån",
    "NTB": "NTB",
    "Ritzau": "Ritzau|ritzau",
    "STT": "STT|Suomen Tietotoimisto",
    "BNS": "BNS",
    "LETA": "LETA",
    "ELTA": "ELTA",
    "PAP": "PAP|Polska Agencja Prasowa",
    "ČTK": "ČTK|CTK",
    "TASR": "TASR",
    "MTI": "MTI",
    "Agerpres": "Agerpres",
    "Mediafax": "Mediafax",
    "BTA": "BTA|БТА",
    "Hina": "Hina|HINA",
    "STA": "STA",
    "Tanjug": "Tanjug|Танјуг",
    "ANA-MPA": "ANA-MPA|ΑΠΕ-ΜΠΕ|ΑΠΕ",
    "Anadolu": "Anadolu|Anadolu Agency|Anadolu Ajansı|AA|الأناضول",
    "DHA": "DHA|Demirören Haber Ajansı",
    "İHA": "İHA|IHA|İhlas Haber Ajansı",
    "TASS": "TASS|ТАСС",
    "RIA Novosti": "RIA Novosti|РИА Новости",
    "Interfax": "Interfax|Интерфакс",
    "Ukrinform": "Ukrinform|Укрінформ|Укринформ",
    "UNIAN": "UNIAN|УНІАН|УНИАН",
    "BelTA": "BelTA|БЕЛТА|БелТА",
    "SPA": "SPA|واس",
    "WAM": "WAM|وام",
    "KUNA": "KUNA|كونا",
    "Petra": "بترا",
    "IRNA": "IRNA|ایرنا",
    "ISNA": "ISNA|ایسنا",
    "PTI": "PTI|Press Trust of India|पीटीआई|भाषा",
    "ANI": "ANI|एएनआई",
    "IANS": "IANS|आईएएनएस",
    "APP": "APP|Associated Press of Pakistan",
    "BSS": "BSS|বাসস",
    "UNB": "UNB|ইউএনবি",
    "VNA": "VNA|TTXVN",
    "Antara": "Antara",
    "Bernama": "Bernama",
    "PNA": "PNA|Philippine News Agency",
    "Kyodo": "Kyodo|Kyodo News|共同通信|共同社|共同",
    "Jiji": "Jiji Press|時事通信|時事",
    "Yonhap": "Yonhap|연합뉴스|韩联社",
    "Newsis": "Newsis|뉴시스",
    "News1": "뉴스1",
    "KCNA": "KCNA|조선중앙통신",
    "CNA": "中央社",
    "NAN": "NAN|News Agency of Nigeria",
    "GNA": "GNA|Ghana News Agency",
}
"""Label -> how pages write it. Two that are called the same by their initials are told by nothing here."""


def _spellings() -> dict[str, str]:
    spellings = {each: label for label, row in AGENCIES.items() for each in row.split("|")}
    capitals = {each.upper(): label for each, label in spellings.items() if len(each) >= LONG_CHARS}
    return capitals | spellings


_LABELS = _spellings()
_LETTER = r"[^\W\d_]"
_SPACELESS = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")


def _any(spellings: Iterable[str]) -> str:
    """Return a pattern of names, the longest first; those in scripts with spaces are whole words."""
    longest = sorted(spellings, key=len, reverse=True)
    spaced = "|".join(re.escape(each) for each in longest if not _SPACELESS.search(each))
    spaceless = "|".join(re.escape(each) for each in longest if _SPACELESS.search(each))
    return rf"(?<!{_LETTER})(?:{spaced})(?!{_LETTER})" + (f"|{spaceless}" if spaceless else "")


_ANY = f"(?P<name>{_any(_LABELS)})"
_BYLINE_PARTS = re.compile(r"[,/|;&()·]|\s[-–—]\s|\s(?:and|und|et|y|e|with|mit)\s")
_DESK = "Staff|News|Agency|Desk|Bureau|Photos?|Reporters?|Correspondents?|Writers?|Redaktion"
_INSIDE_BYLINE = re.compile(
    rf"(?P<name>{_any(each for each in _LABELS if ' ' in each)})|(?P<single>{_any(_LABELS)})\s+(?:{_DESK})\b"
)
_DATELINES = (
    re.compile(rf"[^!?。]{{0,80}}?[(（\[][^()（）\[\]]{{0,20}}?{_ANY}[^()（）\[\]]{{0,20}}?[)）\]]\s?[-–—:.,।]"),
    re.compile(rf"[^!?。]{{0,80}}?/{_ANY}/"),
    re.compile(rf"[(（\[【][^)）\]】]{{0,14}}?{_ANY}[)）\]】]"),
    re.compile(rf"(?:{_LETTER}{{3,20}}[,/ ]\s?)?{_ANY}\s?[-–—]"),
    re.compile(rf"{_ANY}\S{{0,14}}[电電]"),
    re.compile(rf"[^.!?。]{{2,40}}\s[-–—]\s?{_ANY}\."),
)  # fmt: skip
"""Where a text begins."""
_OTHERS = rf"(?:[,/+& ]{{1,2}}(?:(?:and|und|et|y) )?{_LETTER}{{2,12}}){{0,2}}[)\]/.\s]*$"
_CREDITS = (
    re.compile(rf"[.!?。।…”\"»)]\s*[(（—–\-/©\s]*{_ANY}[)\]/.\s]*$"),
    re.compile(rf"^\W*(?:{_LETTER}+[ :：]{{1,3}}){{0,4}}[(（—–\-/©\s]*{_ANY}{_OTHERS}"),
)  # fmt: skip
"""How a text ends: behind its last sentence, and in a last line of its own."""
_REUTERS_DESK = re.compile(r"\(?(?:Reporting|Writing|Compiled) by\b[^\n]+\bEditing by\b")


def agency_of(authors: Sequence[str], body: str) -> str | None:
    """Return the agency that a byline or the text itself credits; None if it credits none.

    An agency that is only reported to have said something is not meant, nor one that has the picture."""
    for author in authors:
        if label := _in_byline(author):
            return label
    head = body[:MAX_HEAD_CHARS]
    if found := next((match for dateline in _DATELINES if (match := dateline.match(head))), None):
        return _LABELS[found["name"]]
    tail = body[-MAX_CREDIT_CHARS * 4 :].rpartition("\n")[2]
    if _REUTERS_DESK.search(tail):
        return "Reuters"
    if credit := _CREDITS[0].search(tail[-MAX_CREDIT_CHARS:]):
        return _LABELS[credit["name"]]
    is_line = len(tail) <= MAX_CREDIT_CHARS < len(body) and not is_sentence(tail)
    credit = _CREDITS[1].match(tail) if is_line else None
    return _LABELS[credit["name"]] if credit else None


def agency_named(name: str) -> str | None:
    """Return the agency that has this name, without regard to case ("reuters"); None if there is none."""
    return _BY_FOLDED.get(name.casefold())


_BY_FOLDED = {each.casefold().replace(" ", ""): label for each, label in _LABELS.items()}


def _in_byline(author: str) -> str | None:
    for part in _BYLINE_PARTS.split(author):
        name = part.strip().removeprefix("By ").removeprefix("Von ").removeprefix("The ")
        if name in _LABELS:
            return _LABELS[name]
        found = _INSIDE_BYLINE.search(name) if len(name.split()) <= MAX_BYLINE_WORDS else None
        if found:
            return _LABELS[found["name"] or found["single"]]
    return None
