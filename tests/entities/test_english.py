"""English names are settled by what the whole text says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsbot.entities.english import settle_names
from newsbot.items import Mention

ReadMarks = Callable[[str], tuple[str, list[Mention]]]
SPORT = " The striker scored twice in the second half, the coach said, and the goalkeeper was booked."

KNOWN = {
    "company that was missed": ("Prices at Equinor fell.", ["ORG Equinor"]),
    "company taken for a person": ("{PER Trafigura} said no.", ["ORG Trafigura"]),
    "known name split in two": ("{PER Marks} & {PER Spencer} said no.", ["ORG Marks & Spencer"]),
    "part of a longer name": ("The {ORG Tesco Bank Foundation} paid.", ["ORG Tesco Bank Foundation"]),
    "before a capitalised word": ("The Tesco Metro opened.", []),
    "party of an election": ("The Green Party primary is open.", []),
    "word within a sentence": ("Profits at Shell fell.", ["ORG Shell"]),
    "word that begins a sentence": ("Target practice went on.", []),
    "word in lower case": ("They found a shell.", []),
    "word in a list of companies": ("Visa and Mastercard raised fees.", ["ORG Visa", "ORG Mastercard"]),
    "paper within a sentence": ("It was first told in The Observer.", ["ORG Observer"]),
    "noun with an article": ("They sat in the sun. The sun shone.", []),
    "papers where a sentence begins": (
        "The Mirror and The Sun agreed. A columnist wrote to the editor of a newspaper.",
        ["ORG Mirror", "ORG Sun"],
    ),
    "mirror where a sentence begins": ("The Mirror fell off the wall.", []),
    "group named after a person": ("He left the Lindqvist Group.", ["ORG Lindqvist Group"]),
    "police of a place": ("He thanked {LOC Greater Manchester} Police.", ["ORG Greater Manchester Police"]),
    "service of a region": (
        "{LOC East} of {ORG England Ambulance Service} came.",
        ["ORG East of England Ambulance Service"],
    ),
    "council of two towns": (
        "{LOC Blackburn} with {LOC Darwen} Borough Council met.",
        ["ORG Blackburn with Darwen Borough Council"],
    ),
    "poor service": ("They gave Great Service here.", []),
    "chamber": ("It was voted down in the Lords.", ["ORG Lords"]),
    "ministry without its demonym": ("The Bolivian Foreign Ministry agreed.", ["ORG Foreign Ministry"]),
    "headline": ("Lind Says Harbour Council Will Meet Again", []),
    "town in a list": ("Turnout fell in {LOC Reading} and Bath.", ["LOC Reading", "LOC Bath"]),
    "word in a list": ("Turnout fell in {LOC Reading} and Anger grew.", ["LOC Reading"]),
}
PERSONS = {
    "storm": ("Storm {PER Bert} came. {PER Bert} went.", []),
    "person of that name": ("{PER Bert Lind} came.", ["PER Bert Lind"]),
    "lone title": ("{PER Dame} sang.", []),
    "surname that is a title": ("{PER Eva King} sang. {PER King} left.", ["PER Eva King", "PER King"]),
    "peer": ("The {LOC Duke of Sussex} left.", ["PER Duke of Sussex"]),
    "member of parliament": ("{PER Eva Lind MP} spoke.", ["PER Eva Lind"]),
    "home after an age": ("{PER Eva Lind}, 41, of {PER Hogsmouth}, died.", ["PER Eva Lind", "LOC Hogsmouth"]),
    "thing named after a person": ("They ate {PER Caesar} salad on the {PER Elizabeth} line.", []),
    "disease": ("She has {PER Parkinson}'s disease.", []),
    "road": ("The {ORG M25} was shut.", []),
    "district taken for a person": ("{PER Whitehall} said no.", ["LOC Whitehall"]),
    "person called as a district": ("{PER Ferguson} said no.", ["PER Ferguson"]),
    "known town after in": ("A tram stopped in {PER Kramatorsk}.", ["LOC Kramatorsk"]),
    "person after in": ("There is no doubt in {PER Lindqvist}.", ["PER Lindqvist"]),
    "surname of somebody after in": (
        "{PER Eva Houston} came. They believe in {PER Houston}.",
        ["PER Eva Houston", "PER Houston"],
    ),
    "first name and town": ("{LOC Alice Washington} sang.", ["PER Alice Washington"]),
    "park with a first name": ("{LOC Lincoln Park} closed.", ["LOC Lincoln Park"]),
    "word that is no name": ("{PER Siri} and {ORG Brexit} were mentioned.", []),
}
TEAMS = {
    "result": ("{LOC Leeds} beat {LOC Burnley} 2-1.", ["ORG Leeds", "ORG Burnley"]),
    "town in the same report": (
        "{LOC Leeds} beat {LOC Burnley} 2-1 in {LOC Oslo}.",
        ["ORG Leeds", "ORG Burnley", "LOC Oslo"],
    ),
    "countries": ("{LOC France} beat {LOC Ireland} 27-12.", ["LOC France", "LOC Ireland"]),
    "club of a town": ("{LOC Ross County} drew.", ["ORG Ross County"]),
    "city of that form": ("{LOC Mexico City} waits.", ["LOC Mexico City"]),
    "owner of a player": ("{LOC Lille}'s {PER Eva Lind} left.", ["ORG Lille", "PER Eva Lind"]),
    "last word of a club": ("{ORG Aston Villa} won and {PER Villa} go on.", ["ORG Aston Villa", "ORG Villa"]),
    "nickname": ("They lost to Wolves again.", ["ORG Wolves"]),
    "player from a club": ("They signed a winger from {LOC Lille}.", ["ORG Lille"]),
    "native of a town": (
        "{LOC Leeds} beat {LOC Burnley}, and {LOC Leeds} native {PER Eva Lind} scored.",
        ["ORG Leeds", "ORG Burnley", "LOC Leeds", "PER Eva Lind"],
    ),
    "ground": ("They drew at {ORG Ibrox} again.", ["LOC Ibrox"]),
    "person": ("They met {PER Lind} again.", ["PER Lind"]),
}


def settled(read_marks: ReadMarks, marked: str) -> list[str]:
    text, mentions = read_marks(marked)
    found = settle_names(mentions, text)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
    return [f"{one.type} {one.text}" for one in found]


@pytest.mark.parametrize(("marked", "expected"), KNOWN.values(), ids=KNOWN)
def test_known_organisations_are_found(read_marks: ReadMarks, marked: str, expected: list[str]) -> None:
    assert settled(read_marks, marked) == expected


@pytest.mark.parametrize(("marked", "expected"), PERSONS.values(), ids=PERSONS)
def test_people_are_told_from_storms_titles_and_places(
    read_marks: ReadMarks, marked: str, expected: list[str]
) -> None:
    assert settled(read_marks, marked) == expected


@pytest.mark.parametrize(("marked", "expected"), TEAMS.values(), ids=TEAMS)
def test_teams_of_a_sports_report_are_organisations(
    read_marks: ReadMarks, marked: str, expected: list[str]
) -> None:
    assert settled(read_marks, marked + SPORT) == expected


def test_towns_that_beat_a_record_stay_places(read_marks: ReadMarks) -> None:
    marked = "{LOC Leeds} beat {LOC Burnley} in recycling, the council said. Police in {LOC Leeds} agreed."
    assert settled(read_marks, marked) == ["LOC Leeds", "LOC Burnley", "LOC Leeds"]


@pytest.mark.parametrize(
    "text", ["The Sun " * 20_000, "A" * 100_000, "Shell, " * 20_000, "Lind Group " * 10_000]
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    assert isinstance(settle_names([], text[:100_000]), list)
