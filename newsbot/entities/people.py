"""Words around the names of people: honorifics, roles, particles, and which names put the family first."""

from __future__ import annotations

import re

HONORIFICS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "dame",
        "lord",
        "lady",
        "rev",
        "reverend",
        "fr",
        "sister",
        "herr",
        "frau",
        "monsieur",
        "madame",
        "mme",
        "mlle",
        "señor",
        "señora",
        "sr",
        "sra",
        "doña",
        "signor",
        "signora",
        "sig",
        "senhor",
        "senhora",
        "sheikh",
        "sheik",
        "ayatollah",
        "imam",
        "rabbi",
        "gen",
        "general",
        "col",
        "colonel",
        "lt",
        "lieutenant",
        "sgt",
        "sergeant",
        "capt",
        "captain",
        "maj",
        "major",
        "adm",
        "admiral",
        "cpl",
        "sen",
        "senator",
        "rep",
        "gov",
        "governor",
        "president",
    ]
)
"""Set before a name and no part of it, in lower case without a full stop."""

CUES = {
    "en": [
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Prof",
        "Professor",
        "Sir",
        "Lord",
        "Lady",
        "President",
        "Chancellor",
        "Minister",
        "Senator",
        "Governor",
        "General",
    ],
    "de": [
        "Herr",
        "Frau",
        "Dr",
        "Prof",
        "Präsident",
        "Präsidentin",
        "Bundeskanzler",
        "Bundeskanzlerin",
        "Kanzler",
        "Kanzlerin",
        "Minister",
        "Ministerin",
        "Außenminister",
        "Außenministerin",
        "Finanzminister",
        "Finanzministerin",
        "Ministerpräsident",
        "Ministerpräsidentin",
    ],
    "fr": ["M", "Mme", "Mlle", "Monsieur", "Madame", "Dr", "président", "présidente", "ministre"],
    "es": ["Sr", "Sra", "Don", "Doña", "Dr", "Dra", "presidente", "presidenta", "ministro", "ministra"],
    "pt": ["Sr", "Sra", "Dom", "Dona", "Dr", "Dra", "presidente", "ministro", "ministra"],
    "it": ["Sig", "Signor", "Signora", "Dott", "presidente", "ministro", "ministra"],
    "nl": ["Meneer", "Mevrouw", "Dhr", "Mevr", "president", "minister", "premier"],
    "sv": ["president", "statsminister", "utrikesminister", "minister"],
    "da": ["præsident", "statsminister", "udenrigsminister", "minister"],
    "nb": ["president", "statsminister", "utenriksminister", "minister"],
    "pl": ["pan", "pani", "prezydent", "premier", "minister"],
    "cs": ["pan", "paní", "prezident", "premiér", "ministr"],
}
"""What comes before a person's name, by language."""

PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "al",
        "el",
        "bin",
        "ibn",
        "ben",
        "abu",
        "ter",
        "zu",
    ]
)
"""Lower-case words inside a name."""

FAMILY_FIRST = frozenset(
    [
        "Xi",
        "Li",
        "Wang",
        "Zhang",
        "Liu",
        "Chen",
        "Yang",
        "Huang",
        "Zhao",
        "Wu",
        "Zhou",
        "Xu",
        "Sun",
        "Hu",
        "Kim",
        "Lee",
        "Park",
        "Choi",
        "Moon",
        "Yoon",
        "Han",
        "Nguyen",
        "Tran",
        "Pham",
        "Tsai",
        "Ma",
        "Deng",
        "Jiang",
        "Lai",
        "Cho",
        "Hun",
        "Ban",
        "Jung",
        "Chung",
        "Chang",
        "Wei",
        "Qin",
        "Lin",
    ]
)
"""Family names that come first ("Xi Jinping"), so that the lone name is the first word and not the last."""

_MODIFIER = (
    r"(?:(?:[Pp]rime|[Ff]oreign|[Dd]eputy|[Vv]ice|[Ff]ormer|[Aa]cting|[Ii]nterior|[Dd]efen[cs]e|[Ff]inance|[Jj]ustice"
    r"|[Hh]ealth|[Tt]rade|[Ee]nergy|[Ee]conomy|[Ee]nvironment|[Ee]ducation|[Cc]ulture|[Ii]nformation|[Oo]il|[Hh]ome"
    r"|[Tt]ransport|[Aa]griculture|[Ff]irst|[Cc]hief|[Ee]xecutive|[Mm]anaging|[Ss]enior|[Ss]enate|[Hh]ouse|[Oo]pposition"
    r"|[Mm]ajority|[Mm]inority|[Ff]oreign [Mm]inistry|[Dd]efen[cs]e [Mm]inistry|[Aa]ttorney|[Ss]pecial|[Pp]ress)[\s-])*"
)
_HEAD = (
    r"(?:[Ss]ecretary[ -][Gg]eneral|[Dd]irector[ -][Gg]eneral|[Aa]ttorney[ -][Gg]eneral|[Cc]hief [Ee]xecutive"
    r"|[Mm]inister|[Pp]resident|[Cc]hancellor|[Pp]remier|[Ss]ecretary|[Ss]poke(?:swoman|sman|sperson)|[Cc]hair"
    r"(?:man|woman|person)?|[Ss]enator|[Gg]overnor|[Mm]ayor|[Aa]mbassador|[Cc]ommissioner|[Dd]irector|[Ll]eader"
    r"|[Kk]ing|[Qq]ueen|[Pp]rince(?:ss)?|[Pp]ope|[Gg]eneral|[Cc]olonel|[Cc]ommander|[Ee]nvoy|[Ll]awyer|[Aa]nalyst"
    r"|[Ee]conomist|[Pp]rofessor|[Jj]udge|[Pp]rosecutor|[Cc]oach|[Cc]aptain|[Ff]ounder|[Ss]peaker|CEO|MP|[Ll]awmaker)"
)
ROLE_BEFORE = re.compile(rf"\b({_MODIFIER}{_HEAD}),?\s+$")
ROLE_AFTER = re.compile(
    rf"^,\s+(?:(?:the|a|an|its|his|her|their|[\w.-]+['’]s)\s+)?(?:[\w-]+\s+){{0,2}}?({_MODIFIER}{_HEAD})\b"
)
