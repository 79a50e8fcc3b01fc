from __future__ import annotations

import pytest

from newsbot.extraction.page.page import Page
from newsbot.extraction.page.tree import text_of

TAIL = "<main><p>All that follows</p></main>"


def shown(body: str) -> str:
    return text_of(Page.from_text(f"<html><body>{body}</body></html>").tree)


@pytest.mark.parametrize(
    ("left_open", "name"),
    [
        ("<nav><div><ul><li>Menu</ul></nav>", "nav"),
        ("<header><nav><button><div><div></button><div></nav></header>", "button"),
        ("<header><nav><button><div><div></button><div></nav></header>", "header"),
        ("<NOSCRIPT><DIV></NOSCRIPT>", "noscript"),
        ("<div><select><div><option>North</select></div>", "select"),
        ("<noscript><table><tr><td><div></noscript>", "noscript"),
        ("<template><div></template>", "template"),
        ("<a href='/'><div class='logo'>Courier</a>", "a"),
        ("<h2><div>More</h2>", "h2"),
        ("<p><svg><path>", "svg"),
        ("<nav title='</div>'><script>'</div>'</script><!-- </div> --><div></nav>", "nav"),
    ],
)
def test_an_element_with_another_one_left_open_does_not_swallow_the_page(left_open: str, name: str) -> None:
    page = Page.from_text(f"<html><body>{left_open}{TAIL}</body></html>")
    text = next(element for element in page.tree.iter("p") if element.text == "All that follows")
    assert name not in [above.tag for above in text.iterancestors()]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<nav><div>Menu</div></nav><p>Text</p>", "MenuText"),
        ("<nav><table><tr><td><div></nav>In</td></tr></table></nav><p>Text</p>", "InText"),
        ("<ul><li><div>One<ul><li>Two</ul></ul><p>Text</p>", "OneTwoText"),
    ],
    ids=["closed", "table", "lists"],
)
def test_no_text_is_lost_or_doubled_by_the_repair(markup: str, text: str) -> None:
    assert shown(markup) == text


SHADOW = "<template shadowrootmode='open'>"


@pytest.mark.parametrize(
    ("host", "text"),
    [
        (f"<x-a>{SHADOW}<p>One</p></template></x-a>", "One"),
        ("<x-a><template shadowroot='closed'><p>One</p></template><p>Old browser</p></x-a>", "One"),
        (f"<x-a>{SHADOW}<h1>A</h1><slot></slot><p>D</p></template>B <b>C</b></x-a>", "AB CD"),
        (
            f"<x-a>{SHADOW}<slot name='n'>none</slot>-<slot>none</slot></template>B<i slot='n'>A</i></x-a>",
            "A-B",
        ),
        (f"<x-a>{SHADOW}<slot name='n'>none</slot></template></x-a>", "none"),
        (f"<x-a>{SHADOW}<x-b>{SHADOW}[<slot></slot>]</template><slot></slot></x-b></template>T</x-a>", "[T]"),
        (f"<x-a>{SHADOW}</template><p>Light</p></x-a>", "Light"),
        (f"<x-a>{SHADOW}One</template>{SHADOW}Two</template></x-a>", "One"),
        ("<template>No shadow root</template>", "No shadow root"),
    ],
    ids=["plain", "old", "slot", "named", "fallback", "nested", "empty", "second", "template"],
)
def test_a_shadow_root_is_shown_in_place_of_the_content_of_its_host(host: str, text: str) -> None:
    assert shown(host) == text


@pytest.mark.parametrize(
    "words",
    [
        "<ruby>島<rt>しま</rt></ruby>へ",
        "<ruby><rb>島</rb><rp>（</rp><rt>しま</rt><rp>）</rp></ruby>へ",
        "<RUBY>島<RT>しま</RUBY>へ",
        "<ruby>島<rtc><rt>しま</rt></rtc></ruby>へ",
    ],
)
def test_readings_are_not_within_words(words: str) -> None:
    assert shown(f"<h1>{words}</h1>") == "島へ"


def test_a_second_base_is_read_although_the_first_reading_was_left_open() -> None:
    assert shown("<ruby>朝<rt>あさ<rb>市<rt>いち</ruby>") == "朝市"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("The ferry <span style='display:none'>(ad)</span> is late", "The ferry is late"),
        ("<span hidden>ad </span>The ferry is late", "The ferry is late"),
        ("The ferry <span style='Visibility: hidden'>x</span><b>is</b> late", "The ferry is late"),
        ("More<span style='display: none'> than anyone expects</span>", "More than anyone expects"),
    ],
    ids=["style", "attribute", "visibility", "opened by a reader"],
)
def test_a_hidden_part_of_a_line_is_not_shown(line: str, text: str) -> None:
    assert shown(f"<p>{line}</p>") == text


@pytest.mark.parametrize(
    "markup",
    [
        "<title>T</title><main><p>The ferry is late</p></main>",
        "<!doctype html><meta charset=utf-8><title>T</title><header>The </header><section>ferry is late</section>",
        "<html><head><title>T</title><article>The ferry </article></head><body>is late</body>",
        "<title>T</title><harbour-app><article>The ferry is</article> late</harbour-app>",
    ],
    ids=["main", "header", "body after the text", "element of the page's own"],
)
def test_text_that_follows_the_head_without_a_body_is_shown(markup: str) -> None:
    head, body = (Page.from_text(markup).tree.find(name) for name in ("head", "body"))
    assert head is not None
    assert body is not None
    assert head[-1].tag in {"title", "meta"}
    assert " ".join(text_of(body).split()) == "The ferry is late"
