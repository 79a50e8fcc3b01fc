"""Tell the teams of a sports report from the towns of their names: "Leeds beat Burnley", but "police in Leeds"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from newsbot.entities import tables
from newsbot.entities.english.mention_set import Mentions, mention
from newsbot.entities.places.gazetteer import places_by_first_name
from newsbot.items import Mention

MIN_SPORT = 3
"""Number of different words of sports reports and of results that make a text one."""
_SPORTS_STEMS = (
    "scor",
    "leagu",
    "coach",
    "season",
    "match",
    "goal",
    "Leagu",
    "inning",
    "player",
    "squad",
    "Cup",
)
_RESULT = re.compile(r"(?<![\d/.–-])\d{1,3}[-–]\d{1,3}(?![\d/–-])")
_BEAT = re.compile(
    r"\b(?:beat|beats|defeated|lost to|drew with|drew|win over|defeat (?:by|at|to))\b[^.\n]{0,40}\d[-–]\d"
)
_WORD = re.compile(r"[a-z][a-z-]+")
_NOT_IN = re.compile(
    r"\b(?:in|near|outside|around|across|downtown|central|outside of|city of|born in|town of) $"
)
_ACTS_ON = re.compile(
    r"\b(?:beat|beats|beating|beaten by|thrash(?:ed|ing)?|hammer(?:ed|ing)?|defeat(?:ed|ing)?|edge[ds]?|edged past|edge past|face[sd]?"
    r"|facing|host(?:s|ed|ing)?|visit(?:s|ed)?|visiting|play(?:s|ed|ing)?|against|versus|vs?\.?|above|below|behind|ahead of|leapfrog(?:ged)?"
    r"|(?:lost|lose|losing|loss|losses|defeat|defeats|win|wins|won|victory|victories|draw|draws|drew|drawn|triumph|game|match|tie|visit"
    r"|clash|trip|journey|point|held|goalless|sell-out) (?:to|at|over|with|against|away to|by)|lost to|travel to|travels to|trip to|go to|move to|moved to|moves to"
    r"|return to|returns to|joins?|joined|joining|rejoin(?:ed)?|sign(?:s|ed)? (?:for|from)|signing from|(?:signed|signs?|bought|loaned|poached|recruited)\b[^.\n]{0,30} from|signed|leaves?|left|leaving|wants?|manage[ds]?|coach(?:ed)?"
    r"|loan(?:ed)? (?:from|to)|transfer (?:from|to)|transferred (?:from|to)|knock(?:ed)? out|eliminat(?:ed|ing)|stun(?:s|ned)?|welcom(?:e|es|ed|ing)|topped|downed|routed|edged|swept|rolled past|rallied past|overc[ao]me|upset|draft(?:ed)? by|trade[ds]? to|\d{1,3}[-–]\d{1,3} (?:at|to|with|over|against)|\d+[-–]\d+)\s(?:the )?$"
)
_ACTS = re.compile(
    r"(?:['’]s?)? (?:\d{1,3}[-–]\d|beat|beats|lost|lose|loses|drew|draw|draws|won|win|wins|host|hosts|hosted|play|plays|played|faces?|faced|visits?|visited"
    r"|travels?|travelled|traveled|wants?|sacked|signed|signs|scored|scores|leads?|led|trails?|trailed|defeated|thrashed|outscored|are|were|have|stay|sit|lie|go|move"
    r"|moved|welcomed?|welcomes|entertain|held|rolled|edged|rallied|routed|topped|downed|swept|needs?|needed|chased?|declared|reached|collapsed|climb|climbed|dropped|finished|took|needed|conceded|equalised|recovered|managers?|head coach|coach|boss|captain|skipper|striker|forward|winger|midfielder"
    r"|defender|full-back|goalkeeper|keeper|quarterback|pitcher|fly-half|scrum-half|fans|supporters|players?|teammates?|squad|side)\b"
)
_AT_GROUND = re.compile(r"(?<!\blost)(?<!\bwon)(?<!\bwin)(?<!\bdefeat)(?<!\bbeaten) at $")
_PLACE_AFTER = re.compile(
    r" (?:natives?|residents?|police|mayor|airport|hospital|suburbs?|streets?|council|court)\b"
)
_OWNS = re.compile(r"['’]s? $")
_COUNTRIES_TOO = frozenset(("England", "Scotland", "Wales", "Northern Ireland", "Great Britain"))


def with_teams(mentions: list[Mention], text: str) -> list[Mention]:
    """Return the mentions with the teams as organisations, if the text is a report of sports; countries stay places."""
    if not _is_sports_report(mentions, text):
        return mentions
    found = Mentions(mentions)
    for one in _short_names(found, mentions, text):
        found.replace(one)
    surnames = {one.text.rpartition(" ")[2] for one in mentions if one.type == "PER" and " " in one.text}
    votes: Counter[str] = Counter()
    by_name: dict[str, list[Mention]] = defaultdict(list)
    starts = {one.start for one in mentions if one.type == "PER"}
    for one in found.all():
        if one.type == "ORG" and _is_ground(one, text):
            found.replace(mention(text, one.start, one.end, "LOC"))
        elif _may_be_team(one, surnames):
            votes[one.text] += _is_team_here(one, text, starts)
            by_name[one.text].append(one)
    for name, same in by_name.items():
        if _is_club(name) or votes[name] > 0:
            for one in same:
                if _is_club(name) or not _is_place_here(one, text):
                    found.replace(mention(text, one.start, one.end, "ORG"))
    return found.all()


def _is_sports_report(mentions: list[Mention], text: str) -> bool:
    clubs = {one.text for one in mentions if _is_club(one.text)}
    if not clubs and not any(stem in text for stem in _SPORTS_STEMS) and not _RESULT.search(text):
        return False
    words = set(_WORD.findall(text.lower())) & tables.words("sports_words")
    results = set(_RESULT.findall(text))
    found = len(words) + min(3, len(results)) + len(clubs) + 2 * bool(_BEAT.search(text))
    return found >= max(MIN_SPORT, len(text) / 1000)


def _may_be_team(one: Mention, surnames: set[str]) -> bool:
    if (
        one.type == "ORG"
        or one.text in tables.countries()
        or one.text in _COUNTRIES_TOO
        or one.text in surnames
    ):
        return False
    if one.text.rpartition(" ")[2] in tables.words("grounds"):
        return False
    if _is_club(one.text):
        return True
    places = places_by_first_name(one.text)
    return one.type == "LOC" or (bool(places) and " " not in one.text)


def _is_ground(one: Mention, text: str) -> bool:
    """Return whether a name is a stadium's: "at Ibrox", "at Villa Park"."""
    if text[max(0, one.start - 4) : one.start] != " at ":
        return False
    if one.text.rpartition(" ")[2] in tables.words("grounds"):
        return True
    places = places_by_first_name(one.text)
    is_alone = text.count(one.text) == 1 and one.text not in tables.known_organisations()
    return any(place.kind == "known" for place in places) or (is_alone and not places)


def _is_club(name: str) -> bool:
    """Return whether a name has the form of a club's: "Ross County", "Bayern Munich"; "Mexico City" is a place."""
    words = name.split(" ")
    if len(words) < 2:
        return False
    is_form = words[-1] in tables.words("club_ends") or words[0] in tables.words("club_starts")
    return is_form and not places_by_first_name(name)


def _is_team_here(one: Mention, text: str, people: set[int]) -> int:
    """Return whether the words around a name make it a team: 3 if so, -2 if they make it a place, else 0."""
    if _is_place_here(one, text):
        return -2
    if _AT_GROUND.search(text, max(0, one.start - 12), one.start) and not places_by_first_name(one.text):
        return 0
    owned = _OWNS.match(text, one.end, one.end + 3)
    if owned and owned.end() in people:
        return 3
    acts = _ACTS.match(text, one.end, one.end + 24)
    return 3 if acts or _ACTS_ON.search(text, max(0, one.start - 45), one.start) else 0


def _is_place_here(one: Mention, text: str) -> bool:
    """Return whether the words around a name make it a place: "in Leeds", "Leeds residents"."""
    before = _NOT_IN.search(text, max(0, one.start - 20), one.start)
    return before is not None or _PLACE_AFTER.match(text, one.end) is not None


def _short_names(found: Mentions, mentions: list[Mention], text: str) -> Iterator[Mention]:
    """Yield the short names of clubs: the last word of a club named in full ("Villa"), "City", and nicknames ("Wolves")."""
    clubs = {one.text.rpartition(" ")[2] for one in mentions if one.type == "ORG" and " " in one.text}
    known = tables.words("club_ends") | tables.words("club_nicknames")
    for match in _short_name().finditer(text):
        around = found.overlapping(match.start(), match.end())
        is_alone = not around or (len(around) == 1 and around[0].text == match[0] and around[0].type != "ORG")
        is_known = match[0] in clubs or (
            match[0] in known and (around or not _opens_sentence(text, match.start()))
        )
        if is_alone and is_known:
            yield mention(text, match.start(), match.end(), "ORG")


def _opens_sentence(text: str, start: int) -> bool:
    return start == 0 or text[start - 1] == "\n" or text[max(0, start - 2) : start] in (". ", "! ", "? ")


@cache
def _short_name() -> re.Pattern[str]:
    words = sorted(tables.words("club_ends") | tables.words("club_nicknames"))
    return re.compile(rf"(?<![\w-])(?<![A-Z][a-z] )(?:{'|'.join(words)})(?![\w-])(?! [A-Z])")
