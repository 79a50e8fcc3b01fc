from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbot.query.lexer import MAX_QUERY_CHARS
from newsbot.query.parser import MAX_DEPTH, MAX_LEAVES, parse
from newsbot.query.query_error import QueryError
from newsbot.query.query_tree import And, Leaf, Near, Node, Not, Or


def shape(node: Node | None) -> str:
    """Return a tree as text: words joined by +, prefixes with *, exact ones with =, fields in front."""
    match node:
        case None:
            return ""
        case Leaf():
            words = "+".join(node.words) or node.text
            signs = ("=" if node.is_exact else "") + words + ("*" if node.is_prefix else "")
            return f"{node.field}:{signs}" if node.field else signs
        case Near():
            one, other = ("/".join(map(shape, side)) for side in (node.one, node.other))
            return f"near{node.distance}({one} {other})"
        case Not():
            return f"not({shape(node.part)})"
        case And():
            return f"and({' '.join(map(shape, node.parts))})"
        case Or():
            return f"or({' '.join(map(shape, node.parts))})"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ""),
        ("harbour jobs", "and(harbour jobs)"),
        ('climate "sea level" -football', "and(climate =sea+level not(football))"),
        ("a OR b c", "or(a and(b c))"),
        ("(a OR b) c", "and(or(a b) c)"),
        ("a | b || c", "or(a b c)"),
        ("a AND b && c & d", "and(a b c d)"),
        ("+a !b NOT c", "and(a not(b) not(c))"),
        ("a|b", "or(a b)"),
        ("a or b and not c", "and(a or b and not c)"),
        ("=protests protest*", "and(=protests protest*)"),
        ("one NEAR/5 other", "near5(one other)"),
        ('(one OR two) NEAR/1 "a phrase"', "near1(one/two =a+phrase)"),
        ("near NEARBY near/5", "and(near nearby near+5)"),
        ("title:(climate OR energy)", "or(title:climate title:energy)"),
        ('TITLE:"sea level" -author:holt', "and(title:=sea+level not(author:holt))"),
        ("source:a,b lang:en", "and(or(source:a source:b) lang:en)"),
        ('entity:(Merkel OR "Ada Kovac")', "or(entity:Merkel entity:Ada Kovac)"),
        ("title:=Protests section:wor*", "and(title:=protests section:wor*)"),
        ("COVID-19 O'Neill C++ AT&T U.S. 3.5%", "and(covid+19 o+neill c at+t u+s 3+5)"),
        ("@name #tag 10:30 re: climate", "and(name tag 10+30 re climate)"),
        ("https://news.example/a:b", "https+news+example+a+b"),
        ("„two hundred“ «one»", "and(=two+hundred =one)"),
        ("東京都 都", "and(東京+京都 都*)"),
        ("-(a OR b)", "not(or(a b))"),
        ("-football", "not(football)"),
        ("wait! yes; no, well...", "and(wait yes no well)"),
    ],
)
def test_query_is_understood(query: str, expected: str) -> None:
    assert shape(parse(query)) == expected


@pytest.mark.parametrize(
    ("query", "position", "reason"),
    [
        ("a (b OR c", 3, "not closed"),
        ("a) b", 2, "not opened"),
        ("a ()", 3, "nothing in these parentheses"),
        ('a "b c', 3, "quotation mark is not closed"),
        ("foo:bar", 1, "no field foo"),
        ("a sorce:x", 3, "did you mean source:"),
        ("тема:слово", 1, "no field"),
        ("title: x", 1, "followed by its value"),
        ("title:", 1, "followed by its value"),
        ("title:-x", 1, "followed by its value"),
        ("title :x", 7, "name of a field is missing"),
        ("title:(author:x)", 8, "author: inside title:"),
        ("OR a", 1, "nothing is before OR"),
        ("a OR", 3, "nothing follows OR"),
        ("a OR OR b", 3, "nothing follows OR"),
        ("a AND", 3, "nothing follows AND"),
        ("NOT", 1, "nothing follows NOT"),
        ("a NOT NOT b", 7, "NOT after NOT"),
        ("a NEAR/5", 3, "nothing follows NEAR/5"),
        ("NEAR/5 a", 1, "nothing is before NEAR/5"),
        ("a NEAR b", 3, "needs a number"),
        ("NEAR(a b, 5)", 1, "needs a number"),
        ("a NEAR/x b", 3, "needs a number"),
        ("a NEAR/0 b", 3, "out of range"),
        ("a NEAR/21 b", 3, "out of range"),
        ("a NEAR/99999999999 b", 3, "out of range"),
        ("a NEAR/2 b NEAR/2 c", 12, "two words only"),
        ("a NEAR/2 -b", 10, "cannot exclude"),
        ("a NEAR/2 (b c)", 3, "NEAR joins"),
        ("title:a NEAR/2 b", 9, "one field"),
        ("*", 1, "'*' alone"),
        ("wo*an", 3, "last sign of a word"),
        ("ab*", 1, "too short"),
        ('"a b"*', 6, "after a phrase"),
        ('="a b"', 1, "before a phrase"),
        ("= a", 1, "followed by a word"),
        ("wom?n", 4, "'?' is no operator"),
        ("word~2", 5, "'~' is no operator"),
        ("a^2", 2, "'^' is no operator"),
        ("{title}", 1, "'{' is no operator"),
        ("- a", 1, "followed by what it belongs to"),
        ("--a", 1, "followed by what it belongs to"),
        ("a -", 3, "followed by what it belongs to"),
        ("–football", 1, "is a dash"),
        ("🚢", 1, "no word"),
        ('a ""', 3, "no word"),
        ("lang:=en", 7, "written in full"),
        ("source:,", 8, "followed by a name"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), MAX_DEPTH + 2, "too many parentheses"),
        ("a " * (MAX_LEAVES + 1), 2 * MAX_LEAVES + 1, "too long"),
        ("a " * MAX_QUERY_CHARS, MAX_QUERY_CHARS + 1, "characters long"),
    ],
)
def test_what_is_not_understood_is_an_error_with_its_place(query: str, position: int, reason: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(query)
    assert reason in error.value.reason
    assert error.value.position == position
    assert "accepted" in str(error.value)


def test_pointer_is_below_the_fault() -> None:
    with pytest.raises(QueryError) as error:
        parse("東京 title:")
    assert error.value.pointer() == "東京 title:\n     ^"


def test_pointer_of_a_long_query_shows_the_part_around_the_fault() -> None:
    with pytest.raises(QueryError) as error:
        parse("word " * 100 + "\x1b[31m ) " + "word " * 100)
    shown, caret = error.value.pointer().split("\n")
    assert len(shown) < 120
    assert "\x1b" not in shown
    assert len(caret) <= len(shown)


@given(st.text(max_size=200) | st.text(alphabet='ab()"*-=:! ORNEAR/5title|&+', max_size=60))
def test_any_text_is_a_query_or_an_error_of_one_line(query: str) -> None:
    try:
        tree = parse(query)
    except QueryError as error:
        message, position = str(error), error.position
    else:
        assert (tree is None) == (not query.strip())
        return
    assert "\n" not in message.replace(query, "")
    assert 1 <= position <= len(query) + 1
