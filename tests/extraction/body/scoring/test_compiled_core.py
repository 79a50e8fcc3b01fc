"""The compiled core reads the same as Python: every block, container, feature and score, of ordinary and hostile pages."""

from __future__ import annotations

import gc
import re
import sys
from array import array
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from newsbot.archive.files import find_pages
from newsbot.extraction import extract
from newsbot.extraction.body.blocks import Block, Container
from newsbot.extraction.body.body_model import FILES, load_body_models
from newsbot.extraction.body.choice import choose_blocks
from newsbot.extraction.body.features.block_features import (
    DeclaredKeys,
    DeclaredMetadata,
    block_rows,
    candidate_blocks,
)
from newsbot.extraction.body.features.neighbour_features import neighbour_rows
from newsbot.extraction.body.scoring import block_walk as in_python
from newsbot.extraction.body.scoring.block_reading import read_blocks, score_blocks
from newsbot.extraction.body.scoring.block_scores import MIN_FIRST_SCORE
from newsbot.extraction.body.scoring.block_walk import MAX_BLOCKS
from newsbot.extraction.body.scoring.core_tables import CoreTables, load_core_tables
from newsbot.extraction.body.word_lists import words
from newsbot.extraction.page.page import Page
from newsbot.extraction.trees.onnx_file import read_tree_file
from newsbot.extraction.trees.tree_ensemble import TreeEnsemble
from newsbot.items import article_json
from newsbot.text.compiled_core import PACKAGE, VERSION, load_core
from tests.compiled import clear_caches, core_tables, python_only
from tests.fixture_cases import CASES, case_name
from training.feature_hash import feature_hash

ROOT = Path(__file__).parents[4]
PAGES = {
    case_name(case): page
    for case in CASES
    if (page := next(find_pages(str(case)), None)) is not None and page.suffix == ".html"
}
BLOCK_FIELDS = [name for name in Block.__slots__ if name not in {"container", "pictures"}]
CONTAINER_FIELDS = [name for name in Container.__slots__ if name not in {"parent", "outer_article"}]
PARAGRAPH = (
    "The council of the harbour town voted on Monday to move the fish market, after years of talks about it. "
)
TABLE = (
    "<table><caption>Votes <b>cast</b></caption><tr><th>Party<th>Seats</tr><tr><td>Left<br>wing<td></td><td> <i>12</i> "
    "<a href=/x>more</a></tr><tr><td rowspan=2>Right <nav>menu</nav><td>31<img src=x></tr><tr><td>5</tr></table>"
)
HOSTILE = {
    "empty": "",
    "blank": "<p> \n\t </p>",
    "deep": "<div>" * 3000 + PARAGRAPH + "</div>" * 3000,
    "deep inline": "<b><i><a href=x>" * 800 + PARAGRAPH,
    "attributes": "<div "
    + " ".join(f"data-{n}=v" for n in range(3000))
    + f" class='article body'>{PARAGRAPH}</div>",
    "long names": f"<div class='{'story-text related ' * 5000}' id='{'x' * 70_000}'>{PARAGRAPH}</div>",
    "comments": f"<p>{PARAGRAPH}<!-- a -->after<!-- b --><b>bold</b><!-- c --> tail</p><!-- d -->outside",
    "instructions": f"<?xml version='1.0'?><p>{PARAGRAPH}<?php echo 1 ?>after <?x?></p>",
    "entities": "<p>&lt;b&gt; &amp;nbsp; &nbsp;&nbsp;x&unknown; &#0; &#xD800; &#x110000; &#x85; &#x1F600; &hellip; &#11;a &#12;b</p>",
    "astral": "<p>" + "\U0001f600 \U00020000\U0001d7d8 \u3000 \u2028 \xa0 İIß ΑΣ 𝔄𝔅 " * 20 + "</p>",
    "surrogates": f"<p>{PARAGRAPH}\ud800 \udfff \ud83d\ude00 end</p>",
    "controls": "<p>" + PARAGRAPH + "".join(map(chr, range(1, 32))) + "\x7f\x85\x9f end</p>",
    "breaks": f"<div>{PARAGRAPH}<br>{PARAGRAPH}<br> \v <br>{PARAGRAPH}<b><br></b>x<br><br>y</div>",
    "vertical tabs": "<p>a \v\v b</p><p>\v</p><p>\v c \v</p>",
    "unclosed": f"<p>{PARAGRAPH}<div><li><td><b>{PARAGRAPH}<table><tr><td>x<p>{PARAGRAPH}",
    "table": TABLE + f"<p>{PARAGRAPH}",
    "table in a link": f"<a href=/x>{TABLE}</a>",
    "table of layout": f"<table><tr><td>{PARAGRAPH}<td><h2>Head</h2><p>{PARAGRAPH}</table>",
    "hidden": f"<div hidden=''>{PARAGRAPH}</div><div style='DISPLAY:none'>x</div><p style='display : none'>{PARAGRAPH}</p>",
    "links": "<ul>"
    + "<li><a href=/x>Read more of it</a></li>" * 40
    + f"</ul><p><a href=/y>{PARAGRAPH}</a></p>",
    "media": "<img>" * 80
    + f"<p>{PARAGRAPH}<video></video></p><figure><picture></picture><figcaption>By hand</figcaption>",
    "names": "<div class=' \u3000 ' id=' '>a</div><div class id>b</div><div class='article\u00a0' id='ü'>c</div><DIV CLASS=Comments>d",
    "addresses": "".join(
        f"<p>{text}</p>"
        for text in words(
            "www.a.b x.com x.comma .com ü.de x.dea https:// http: ttp:// @ @a a@ @_ 1.org. w.net http://a https"
        )
    ),
    "cjk": "<p>編集部によると、市場は移転する。関連記事を読む。コメント</p><p>这是一个很长的段落,它没有空格。</p><h2>コメント3件</h2>",
    "articles": f"<article><h1>One</h1><p>{PARAGRAPH}</p><article><p>{PARAGRAPH}</p></article></article><article><p>x 3 May</p>",
    "elements of svg": f"<svg:rect>{PARAGRAPH}</svg:rect><x-y.z>{PARAGRAPH}</x-y.z><math>x</math><svg><text>y</text></svg>",
    "consent": f"<div><p>We use cookies. GDPR.</p></div><p>{PARAGRAPH}</p><p>クッキー</p>",
    "stamps": "<h1>T</h1>" + "".join(f"<p>{sign} of May</p>" for sign in "1²٣①½x"),
    "many": "<p>a b</p>" * 5000,
}


@pytest.fixture(scope="module")
def core() -> CoreTables:
    return core_tables()


def chain(container: Container | None) -> list[Container]:
    found = []
    while container is not None:
        found.append(container)
        container = container.parent
    return found


def containers_as_values(blocks: Sequence[Block]) -> list[object]:
    return [
        [
            (*(getattr(around, name) for name in CONTAINER_FIELDS), around.article and around.article.depth)
            for around in chain(block.container)
        ]
        for block in blocks
    ]


def places(some: Sequence[Block], blocks: Sequence[Block]) -> list[int]:
    numbers = {id(block): number for number, block in enumerate(blocks)}
    return [numbers[id(block)] for block in some]


def same_siblings(blocks: Sequence[Block]) -> list[list[int]]:
    """Return a number for each container around each block, so that the same container has the same number."""
    numbers: dict[Container, int] = {}
    return [
        [numbers.setdefault(around, len(numbers)) for around in chain(block.container)] for block in blocks
    ]


def assert_read_alike(core: CoreTables, tree: etree._Element) -> None:
    """Assert that everything that the core finds below an element is what Python finds."""
    expected = in_python.read_blocks(tree)
    found: list[Block] = core.reader.read(tree)
    for name in BLOCK_FIELDS:
        assert [getattr(block, name) for block in found] == [getattr(block, name) for block in expected], name
    assert [list(block.pictures) for block in found] == [list(block.pictures) for block in expected]
    assert same_siblings(found) == same_siblings(expected)
    candidates, prose = candidate_blocks(expected)
    found_candidates, found_prose = core.scorer.candidates(found)
    assert containers_as_values(found) == containers_as_values(expected)
    assert places(found_candidates, found) == places(candidates, expected)
    assert found_prose == prose
    if candidates:
        assert_scored_alike(core, found_candidates, candidates, prose)


def assert_scored_alike(
    core: CoreTables, found: Sequence[Block], candidates: Sequence[Block], prose: Sequence[bool]
) -> None:
    texts = [block.text for block in candidates]
    declared = DeclaredMetadata(texts[0][:90], texts[len(texts) // 2][:150], texts[:2], " ".join(texts[::2]))
    keys = DeclaredKeys(declared)
    rows = block_rows(candidates, prose, declared)
    found_rows = core.scorer.block_rows(found, prose, keys)
    assert np.array_equal(np.frombuffer(found_rows, np.float32).reshape(rows.shape), rows)
    first, second = models_in_python()
    scores = first.probabilities(rows)[:, 0]
    expected = neighbour_rows(candidates, rows, scores)
    wanted = array("b", [1] * len(found))
    found_rows = core.scorer.neighbour_rows(found, found_rows, array("f", scores), wanted)
    assert np.array_equal(np.frombuffer(found_rows, np.float32).reshape(expected.shape), expected)
    possible = scores >= MIN_FIRST_SCORE
    scores[possible] = second.probabilities(expected[possible])[:, 0]
    assert core.scorer.scores(found, prose, DeclaredKeys(declared)) == pytest.approx(
        scores.tolist(), abs=1e-6
    )


@cache
def models_in_python() -> tuple[TreeEnsemble, TreeEnsemble]:
    package = files("newsbot.extraction.body")
    first, second = (TreeEnsemble(read_tree_file(package.joinpath(name).read_bytes())) for name in FILES)
    return first, second


@pytest.mark.parametrize("name", PAGES)
def test_page_of_a_fixture_is_read_alike(core: CoreTables, name: str) -> None:
    assert_read_alike(core, Page.from_bytes(PAGES[name].read_bytes()).tree)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_page_is_read_alike(core: CoreTables, name: str) -> None:
    assert_read_alike(core, Page.from_text(HOSTILE[name]).tree)


@pytest.mark.parametrize("name", HOSTILE)
def test_element_inside_a_page_is_read_alike(core: CoreTables, name: str) -> None:
    tree = Page.from_text(f"<main>before <section>{HOSTILE[name]}</section> after <b>it</b></main>").tree
    assert_read_alike(core, tree if (found := tree.find(".//section")) is None else found)


@pytest.mark.parametrize("name", list(PAGES)[::4])
def test_article_is_the_same_without_the_core(core: CoreTables, name: str) -> None:
    html, url = PAGES[name].read_bytes(), "https://news.example/2026/05/story"
    with_core = article_json(extract(html, url))
    with python_only():
        assert load_core_tables() is None
        assert article_json(extract(html, url)) == with_core


PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<div class='story article'>",
            "<div id=comments>",
            "</div>",
            "<a href=/x>",
            "</a>",
            "<b>",
            "</b>",
        ),
        *(
            "<i>",
            "</i>",
            "<br>",
            "<br/>",
            "<table>",
            "<tr>",
            "<td>",
            "<td colspan=2>",
            "</table>",
            "<caption>",
            "<nav>",
        ),
        *(
            "</nav>",
            "<img>",
            "<iframe>",
            "</iframe>",
            "<h1>",
            "</h1>",
            "<h2>",
            "</h2>",
            "<li>",
            "<ul>",
            "</ul>",
        ),
        *(
            "<article>",
            "</article>",
            "<aside hidden>",
            "</aside>",
            "<!-- c -->",
            "<?p i?>",
            "<script>x</script>",
            "<td hidden>",
        ),
        *(
            PARAGRAPH,
            " ",
            "\n",
            "\v",
            "\xa0",
            "x",
            "3 May 2026",
            "42 comments",
            "Read more",
            "@x",
            "編集部。",
            "\U0001f600",
        ),
    ]
)


@given(st.lists(PIECES, max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_made_up_markup_is_read_alike(pieces: list[str]) -> None:
    assert_read_alike(core_tables(), Page.from_text("".join(pieces)).tree)


TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.sampled_from(" \n\t\xa0\u3000|,.?"), max_size=40)  # fmt: skip
MAYBE_TEXTS = st.none() | TEXTS.filter(lambda text: "\ufffe" not in text and "\uffff" not in text)
TAGS = st.sampled_from(
    words("div p a b i br table tr td nav img article h1 h2 ul li span section x-y caption")
)


def _grown(children: st.SearchStrategy[etree._Element]) -> st.SearchStrategy[etree._Element]:
    return st.builds(_element, TAGS, MAYBE_TEXTS, MAYBE_TEXTS, st.lists(children, max_size=4))


def _element(
    tag: str, text: str | None, tail: str | None, children: Sequence[etree._Element]
) -> etree._Element:
    element = etree.Element(tag, {"class": text[:20]} if text else {})
    element.text, element.tail = text, tail
    for child in children:
        element.append(child)
        element.append(etree.Comment("between"))
    return element


@given(st.recursive(st.builds(_element, TAGS, MAYBE_TEXTS, MAYBE_TEXTS, st.just(())), _grown, max_leaves=25))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_made_up_tree_is_read_alike(tree: etree._Element) -> None:
    assert_read_alike(core_tables(), tree)


def test_blocks_above_the_limit_are_left_out_alike(core: CoreTables) -> None:
    tree = etree.fromstring("<p>a</p>" * (MAX_BLOCKS + 500), etree.HTMLParser())
    texts = [block.text for block in core.reader.read(tree)]
    assert texts == [block.text for block in in_python.read_blocks(tree)]
    assert len(texts) == MAX_BLOCKS + 1


@pytest.mark.parametrize("markup", ["<a xmlns='urn:x'>b<c>d</c></a>", "<a>b<c xmlns='urn:x'>d</c></a>", "<!DOCTYPE a [<!ENTITY e 'f'>]><a>b&e;c</a>"])  # fmt: skip
def test_tree_that_is_not_of_html_is_read_in_python(core: CoreTables, markup: str) -> None:
    tree = etree.fromstring(markup, etree.XMLParser(resolve_entities=False))
    assert [block.text for block in read_blocks(tree)] == [
        block.text for block in in_python.read_blocks(tree)
    ]
    assert all(isinstance(block, Block) for block in read_blocks(tree)) or "xmlns" not in markup


def test_blocks_that_python_made_are_scored_in_python(core: CoreTables) -> None:
    blocks = in_python.read_blocks(Page.from_text(f"<h1>Market</h1><p>{PARAGRAPH * 3}</p>").tree)
    assert score_blocks(blocks, DeclaredMetadata()).blocks == blocks
    assert [block.text for block in choose_blocks(blocks, DeclaredMetadata())[0]] == [(PARAGRAPH * 3).strip()]  # fmt: skip


@pytest.mark.parametrize(("number", "width"), [(0, 139), (1, 252)], ids=FILES)
def test_forests_give_the_probabilities_of_python(core: CoreTables, number: int, width: int) -> None:
    random = np.random.default_rng(2)
    rows = random.normal(size=(200, width)).astype(np.float32) * 20
    rows[0], rows[1], rows[2] = np.nan, np.inf, -np.inf
    found = load_body_models()[number].probabilities(rows)
    assert np.abs(found - models_in_python()[number].probabilities(rows)[:, 0]).max() < 1e-6


def test_rows_that_are_too_short_are_refused(core: CoreTables) -> None:
    with pytest.raises(ValueError, match="dimension"):
        load_body_models()[0].probabilities(np.zeros((1, 20), np.float32))


def test_blocks_keep_their_elements_when_the_page_is_gone(core: CoreTables) -> None:
    markup = f"<main><img src=1><h1>One</h1><p>{PARAGRAPH}<b>x</b> y</p>{TABLE}</main>"
    blocks = read_blocks(Page.from_text(markup).tree)
    gc.collect()
    for number in range(200):
        Page.from_text(f"<div>{number}<p>{PARAGRAPH * 20}</p></div>" * 50).tree.clear()
    gc.collect()
    assert [block.start.tag for block in blocks if block.start is not None][:2] == ["h1", "p"]
    assert [picture.get("src") for picture in blocks[0].pictures] == ["1"]
    assert blocks[0].start is not None
    assert blocks[0].start.getroottree().getroot().tag == "html"


def _resident_pages() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1])


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="needs /proc to see the memory of the process"
)
def test_memory_does_not_grow_with_the_pages_that_are_read(core: CoreTables) -> None:
    markup = f"<main id=m class='article x'><img><h1>One</h1><p>{PARAGRAPH}</p>{TABLE}<ul><li>a<li><a href=/>b</a></ul>"
    declared = DeclaredMetadata("One", PARAGRAPH)
    tree = Page.from_text(markup).tree
    used = []
    for number in range(10_000):
        fresh = Page.from_text(markup).tree if number % 10 == 0 else tree
        score_blocks(read_blocks(fresh), declared)
        if number % 1000 == 999:
            gc.collect()
            used.append(_resident_pages())
    assert used[-1] - used[1] < 256  # of 4 KB: a leak of 100 bytes a page would be 195 pages


def test_core_refuses_another_lxml(core: CoreTables, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etree, "__version__", "5.0.0")
    monkeypatch.delitem(sys.modules, PACKAGE)
    with pytest.raises(ImportError, match=r"was built with .* installed: \('5\.0\.0'"):
        import_module(PACKAGE)
    clear_caches()
    assert load_core() is None
    assert [block.text for block in read_blocks(Page.from_text("<p>a").tree)] == ["a"]
    monkeypatch.undo()
    clear_caches()


def test_core_for_other_features_is_not_used(core: CoreTables, monkeypatch: pytest.MonkeyPatch) -> None:
    package = load_core()
    assert package is not None
    monkeypatch.setattr(package, "FEATURES", "of another version")
    load_core_tables.cache_clear()
    assert load_core_tables() is None
    monkeypatch.undo()
    clear_caches()


def test_core_is_made_for_the_features_of_this_checkout() -> None:
    text = (ROOT / "core" / "newsbot_core" / "__init__.py").read_text("utf-8")
    assert f'FEATURES = "{feature_hash()}"' in text, (
        "features have changed: change core/newsbot_core too, then python -m training.stamp_models"
    )


def test_core_is_built_with_the_lxml_that_is_installed_for_development() -> None:
    [required] = re.findall(r"^lxml==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    pinned = re.findall(r"lxml==([0-9.]+)", (ROOT / "core" / "pyproject.toml").read_text("utf-8"))
    assert pinned == [required, required]


def test_core_of_another_version_is_not_used(core: CoreTables, monkeypatch: pytest.MonkeyPatch) -> None:
    package = load_core()
    assert package is not None
    monkeypatch.delattr(package, "VERSION")  # as before it had one
    clear_caches()
    assert load_core() is None
    monkeypatch.undo()
    clear_caches()


def test_core_has_one_version() -> None:
    written = (ROOT / "core" / "pyproject.toml").read_text("utf-8")
    wanted = (ROOT / "pyproject.toml").read_text("utf-8")
    module = (ROOT / "core" / "newsbot_core" / "__init__.py").read_text("utf-8")
    assert f'version = "{VERSION}"' in written
    assert f'"newsbot-core=={VERSION}"' in wanted
    assert f"\nVERSION = {VERSION}\n" in module
