"""Numbers of months by their names in more than a hundred languages.

The names are those of the Unicode CLDR (`training/make_months.py` writes the table) and those below, which CLDR lacks.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from newsbot.text import normalized

DATA = files("newsbot.languages") / "data" / "month_names.tsv"
"""A line is a language and twelve cells, one for each month; a comma separates the folded names in a cell."""

ADDED_NAMES = {
    "de": "jänner, feber, mrz, , , , , , , , , ",
    "lv": """janvārī, februārī, martā, aprīlī, maijā, jūnijā, jūlijā, augustā, septembrī, oktobrī, novembrī,
        decembrī""",
    "fr": ", , , , , , , aoû, , , , ",
    "ro": ", , , , , , , , , , noiem, ",
    "hr": ", , , , , , , , , , studenog, ",
    "mk": ", фебруари, , , , , , , , , , ",
    "ru": ", , , , , , , , сен, , ноя, ",
    "uk": ", , , кві, тра, чер, , сер, , жов, лис листоп, гру",
    "cs": ", , , , , čer, čec, , , , , ",
    "bg": "ян, , , , , , , , септ, , , ",
    "hu": ", , már, , , , , , , , , ",
    "he": ", , מרס, , , , , , , , , ",
    "id": "djanuari, peb pebruari, , , , djuni, djuli, agt ags, , , nopember nop, ",
    "hi": ", फर, , अप्रै, , , , , सितम्बर, अक्तूबर, नवम्बर, दिसम्बर",
    "mr": ", , , , , , , , सप्टें, ऑक्टो, नोव्हें, डिसें",
    "ne": ", फेब्रुवरी फेब्रुअरी, , अप्रिल एप्रिल, मे, जुन, जुलाइ, अगस्त, सेप्टेम्बर, अक्टोबर, नोभेम्बर, डिसेम्बर",
    "bn": """জানুয়ারী, ফেব্রুয়ারী, , , , , জুলাই, আগষ্ট অগস্ট অগাস্ট, সেপ্টেম্বর সেপ্টেম্বার, অক্টোবর, নভেম্বর, ডিসেম্বর""",
    "gu": ", , , , , , , ઓગસ્ટ, સપ્ટેમ્બર, ઓક્ટોબર, , ",
    "ta": ", , , , , , , ஆகஸ்டு, , , , ",
    "ml": ", , , , , , , ആഗസ്റ്റ് ആഗസ്ത്, , , , ",
    "si": """ජනවාරි, පෙබරවාරි, මාර්තු, අප්‍රේල්, මැයි, ජූනි, ජූලි, අගෝස්තු, සැප්තැම්බර්, ඔක්තෝබර්, නොවැම්බර්,
        දෙසැම්බර්""",
    "fa": ", , , , می, , جولای, آگوست, , , , ",
    "vi": """tháng_giêng tháng_một, tháng_hai, tháng_ba, tháng_tư, tháng_năm, tháng_sáu, tháng_bảy, tháng_tám,
        tháng_chín, tháng_mười, tháng_mười_một, tháng_mười_hai tháng_chạp""",
    "cy": ", , fawrth, , fai, fehefin, orffennaf, , fedi, , dachwedd, ragfyr",
    "se": """ođđajagimánu, guovvamánu, njukčamánu, cuoŋománu, miessemánu, geassemánu, suoidnemánu, borgemánu,
        čakčamánu, golggotmánu, skábmamánu, juovlamánu""",
    "so": """jannaayo janaayo, febraayo feebarwari, maarso, abriil, maajo, juun juunyo, luuliyo luulyo, ogosto agoosto,
        sebteembar sebtembar, oktoobar, nofembar noofembar, disembar diseembar""",
    "yo": """oṣù_kìíní, oṣù_kejì, oṣù_kẹta, oṣù_kẹrin, oṣù_karùn-ún, oṣù_kẹfà, oṣù_keje, oṣù_kẹjọ, oṣù_kẹsàn-án,
        oṣù_kẹwàá, oṣù_kọkànlá, oṣù_kejìlá""",
    "tet": """janeiru, fevereiru, marsu, abríl, maiu, juñu, jullu, agostu, setembru, outubru, novembru, dezembru""",
    "dv": """ޖެނުއަރީ, ފެބްރުއަރީ, މާރިޗު މާރޗް, އެޕްރީލް އޭޕްރީލް, މޭ, ޖޫން, ޖުލައި, އޮގަސްޓު އޯގަސްޓް, ސެޕްޓެމްބަރު,
        އޮކްޓޫބަރު, ނޮވެމްބަރު, ޑިސެމްބަރު""",
}
"""Language -> names of January, names of February, and so on, as news pages write them; `_` is a space."""

_ALIASES = {"no": "nb", "iw": "he", "in": "id", "tl": "fil", "sh": "sr", "cnr": "sr", "mo": "ro", "ji": "yi"}
"""Language tags -> the tag under which the names are found."""
_KNOWN_WITHOUT_LANGUAGE = tuple(
    """en de nl af da nb sv is fi et lv lt fr es ca gl pt it ro pl
    cs sk sl hr bs sr mk bg ru uk be hu tr az el sq ar he id ms sw""".split()  # noqa: SIM905
)
"""Languages whose names are read on pages of any language, the first one that has a name decides: "listopad" is November
(Polish), not October (Croatian)."""
_MIN_FOREIGN_LETTERS = 4
"""Length from which a Latin name of one of the other languages is read on pages in any language."""
_OTHER_MEANINGS = frozenset({"awst"})
"""Names that mean something else on pages in other languages: AWST is a time zone, and August in Welsh."""
_LAST_LATIN = "\u024f"
_PREFIXES = {"ב": "he", "ខែ": "km", "ເດືອນ": "lo", "เดือน": "th", "u": "zu xh"}
"""What is written in front of a name, without a space -> the languages that do."""
_INFLECTED = frozenset(
    "az bn eu et fi hu hy ka kk km kn ku ckb ky lo lt lv ml mn mr my ne or ta te tg th tk tr tt ug uz zh".split()  # noqa: SIM905
)
"""Languages in which a name may have an ending, or be followed by other words without a space."""
_MIN_STEM_LETTERS = 4
"""Minimum length of a name before an ending, in Latin letters; in other scripts it is one less."""
_MAX_ENDING_LETTERS = 6
_LENITED = frozenset({"ga", "gd", "gv"})
"""Languages that write an h behind the first letter of a name after some words: "de Mhárta"."""
_SIGNS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u093c\u0970\u200c\u200d.:'’ʻʼ`´׳·-]+")
"""Accents, Arabic vowel signs, joiners, and what is left out of abbreviations."""
_SAME_LETTERS = str.maketrans("ıيىكةۀ", "iییکهه")


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """Return a name in lower case without accents and dots, so that all spellings of a name are the same."""
    return _SIGNS.sub("", normalized("NFD", name.casefold())).translate(_SAME_LETTERS)


def primary_language(tag: str) -> str:
    """Return the language of a BCP 47 tag, under which names are found: "nb" for "no-NO"."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return _ALIASES.get(language, language)


@lru_cache(maxsize=4096)
def month_number(name: str, language: str) -> int:
    """Return the number (1 to 12) of a month by its name; 0 for any other word.

    The names of `language`, a BCP 47 tag, are preferred to those of other languages.
    """
    key, language = fold(name), primary_language(language)
    names = _names().get(language, {})
    return names.get(key) or _any_language().get(key) or _changed(key, language, names)


def _changed(key: str, language: str, names: dict[str, int]) -> int:
    """Return the number of a month whose name has a prefix, an ending or a changed beginning."""
    for prefix, languages in _PREFIXES.items():
        if key.startswith(prefix) and (language in languages.split() or prefix > _LAST_LATIN):
            known = names or _names().get(languages, {})
            return known.get(key.removeprefix(prefix), 0)
    if language in _LENITED and key[1:2] == "h":
        return names.get(key[0] + key[2:], 0)
    if language in _INFLECTED:
        stems = (key[:end] for end in range(len(key) - 1, len(key) - 1 - _MAX_ENDING_LETTERS, -1))
        shortest = _MIN_STEM_LETTERS - (key > _LAST_LATIN)
        return next((names[stem] for stem in stems if len(stem) >= shortest and stem in names), 0)
    return 0


@lru_cache(maxsize=4096)
def begins_month(word: str) -> bool:
    """Return whether a word is the first of a name that has several: "deireadh" of "Deireadh Fómhair"."""
    return fold(word) in _first_words()


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.split()[0] for names in _names().values() for name in names if " " in name)


def names_of_months(language: str) -> dict[str, int]:
    """Return folded name -> number (1 to 12) in a language, a tag of the table."""
    return dict(_names()[language])


@cache
def languages_with_names() -> list[str]:
    """Return the languages whose names of months are known."""
    return list(_names())


@cache
def _names() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for line in DATA.read_text("utf-8").splitlines():
        language, *cells = line.split("\t")
        found[language] = {
            name: number for number, cell in enumerate(cells, 1) for name in cell.split(",") if name
        }
    for language, text in ADDED_NAMES.items():
        names = found.setdefault(language, {})
        for number, cell in enumerate(text.split(","), 1):
            names.update((fold(name.replace("_", " ")), number) for name in cell.split())
    return found


@cache
def _any_language() -> dict[str, int]:
    """The names that are read whatever the language of a page is."""
    names = _names()
    found: dict[str, int] = {}
    for language in _KNOWN_WITHOUT_LANGUAGE:
        found = names[language] | found
    others = [names[language] for language in names if language not in _KNOWN_WITHOUT_LANGUAGE]
    numbers: dict[str, set[int]] = {}
    for table in others:
        for name, number in table.items():
            numbers.setdefault(name, set()).add(number)
    clear = {name: min(months) for name, months in numbers.items() if len(months) == 1 and _is_distinct(name)}
    return {name: number for name, number in (clear | found).items() if name not in _OTHER_MEANINGS}


def _is_distinct(name: str) -> bool:
    return len(name) >= _MIN_FOREIGN_LETTERS or (max(name) > _LAST_LATIN and len(name) > 1)
