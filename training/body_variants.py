"""Made-up variants of the training pages, so that the models do not depend on what a page says of itself.

In a variant, class names are changed or missing, and there may be a text that is not the article: readers' comments, a
second article, a request for consent. Comments and second articles consist of paragraphs of other pages in the same
language, so that nothing but their place and markup tells them from the article."""

from __future__ import annotations

import copy
import hashlib
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

_PARAGRAPH = re.compile(r"\n+")
_MIN_PARAGRAPH = 60
_MEANINGLESS = ("c", "x", "box", "wrap", "block", "unit", "inner", "row", "part", "el")
NAMES = (
    "Ada",
    "Tomas",
    "lisbeth_k",
    "Mehmet A.",
    "R. Okafor",
    "guest",
    "Yuki",
    "stefan77",
    "Maria L",
    "Ivan",
    "noor",
)
DATES = (
    "3 May 2026, 10:15",
    "2026-02-11 08:30",
    "vor 3 Stunden",
    "2 days ago",
    "12.03.2026 um 18:04",
    "il y a 2 h",
    "5h",
)
ACTIONS = ("Reply", "Antworten", "Like 3", "Report", "Répondre", "Responder", "Share", "")
LABELS = {
    "de": ("Kommentare", "12 Kommentare", "Leserkommentare (8)", "Diskussion"),
    "fr": ("Commentaires", "5 commentaires", "Vos réactions"),
    "es": ("Comentarios", "7 comentarios"),
    "ja": ("コメント", "コメント 3件"),
    "zh": ("评论", "3 条评论", "留言"),
    "ko": ("댓글", "댓글 4"),
}
ENGLISH_LABELS = ("Comments", "12 Comments", "Join the conversation", "3 thoughts on this", "Responses", "")
COMMENT_CLASSES = (
    ("comments", "comment-list", "comment", "comment-content"),
    ("discussion", "thread", "post", "message"),
    ("reactions", "reactions-list", "reaction", "reaction-text"),
    ("kommentare", "liste", "kommentar", "text"),
    ("talk", "entries", "entry", "entry-body"),
    ("ugc", "ugc-list", "ugc-item", "ugc-text"),
    ("", "", "", ""),
    ("", "", "", ""),
)
COMMENT_TAGS = (
    ("section", "ol", "li", "p"),
    ("div", "div", "div", "p"),
    ("div", "div", "div", "div"),
    ("section", "div", "article", "p"),
    ("details", "ul", "li", "p"),
    ("div", "dl", "dd", "p"),
    ("aside", "div", "div", "p"),
)
CONSENT = {
    "de": (
        "Wir und unsere Partner verwenden Cookies, um Ihnen den besten Service zu bieten und Inhalte anzupassen.",
        "Mit einem Klick auf „Alle akzeptieren“ stimmen Sie der Verarbeitung Ihrer Daten zu. Sie können das widerrufen.",
        "Einige Partner verarbeiten Daten auf der Grundlage eines berechtigten Interesses, dem Sie widersprechen können.",
        "Manche Dienste übermitteln Daten in Länder außerhalb der Europäischen Union, in denen weniger Schutz besteht.",
        "Weitere Angaben stehen in unserer Datenschutzerklärung und im Impressum.",
    ),
    "fr": (
        "Nous et nos partenaires déposons des cookies pour mesurer l'audience et personnaliser les contenus.",
        "En cliquant sur « Accepter », vous consentez à l'utilisation de ces traceurs. Vous pouvez changer d'avis.",
        "Certains partenaires s'appuient sur leur intérêt légitime, auquel vous pouvez vous opposer à tout moment.",
    ),
    "es": (
        "Utilizamos cookies propias y de terceros para analizar el uso del sitio y mostrar publicidad a su gusto.",
        "Puede aceptar todas las cookies, rechazarlas o configurar su uso. Puede retirar su consentimiento después.",
    ),
}
ENGLISH_CONSENT = (
    "We and our partners store and access information on your device, such as cookies, to make this site work.",
    "We use it to measure how the site is read, to choose advertisements and to remember what you prefer.",
    "By choosing to accept you agree to the use of your data for these purposes, which you may change at any time.",
    "Some of our partners rely on a legitimate interest, to which you may object in the settings below.",
    "Data may be passed to countries where the law protects it less; our privacy policy says more about this.",
    "You can withdraw your consent with effect for the future through the link at the end of each page.",
)
CONSENT_NAMES = (
    "cookie-banner",
    "consent",
    "cmp-container",
    "gdpr-modal",
    "privacy-layer",
    "notice",
    "overlay",
    "",
    "",
)


@dataclass(frozen=True, slots=True)
class Story:
    """A text from another page."""

    title: str
    paragraphs: Sequence[str]


def story_of(truth: dict[str, Any], title: str) -> Story | None:
    """Return the text of a page with a hand-made body; None if it is short."""
    lines = [line.strip() for line in _PARAGRAPH.split(truth.get("articleBody") or "")]
    paragraphs = [line for line in lines if len(line) >= _MIN_PARAGRAPH]
    return Story(title, paragraphs) if title and len(paragraphs) > 2 else None


def seed_of(*names: str) -> int:
    """Return a number that depends on names only, so that the training can be repeated."""
    return int(hashlib.md5("/".join(names).encode(), usedforsecurity=False).hexdigest(), 16)


def make_variant(
    root: etree._Element, body: str, stories: Sequence[Story], language: str, choose: random.Random
) -> None:
    """Change the tree of a page: add foreign texts, and change its class names.

    `body` is the hand-made text, `stories` are texts of other publishers in the same language."""
    home = body_element(root, body)
    if home is None or not stories:
        return
    makers: tuple[Callable[[], etree._Element | None], ...] = (
        lambda: _comments(choose, stories, language),
        lambda: _second_article(choose, stories, home),
        lambda: _consent(choose, language),
    )
    for maker in choose.sample(makers, choose.choice((1, 1, 2))):
        if (element := maker()) is not None:
            _insert(root, home, element, choose, at_top=maker is makers[2])
    if choose.random() < 0.6:
        _change_names(root, choose)


def body_element(root: etree._Element, body: str) -> etree._Element | None:
    """Return the innermost element that has nearly all paragraphs of a body; None if the page has few of them."""
    lines = {" ".join(line.split()) for line in _PARAGRAPH.split(body)}
    counts: dict[etree._Element, int] = {}
    found = 0
    for element in root.iter("p", "li", "h2", "h3", "div"):
        if len(element) > 30 or " ".join("".join(map(str, element.itertext())).split()) not in lines:
            continue
        found += 1
        for outer in element.iterancestors():
            counts[outer] = counts.get(outer, 0) + 1
    full = [element for element, count in counts.items() if count >= 0.8 * found]
    return max(full, key=lambda element: sum(1 for _ in element.iterancestors())) if found > 2 else None


def _insert(
    root: etree._Element,
    home: etree._Element,
    element: etree._Element,
    choose: random.Random,
    *,
    at_top: bool,
) -> None:
    """Put a foreign text after the element of the body or one around it, at the end of it, or into the page."""
    place = home
    for _ in range(choose.choice((0, 0, 1, 2))):
        outer = place.getparent()
        if outer is not None and outer.tag not in ("body", "html"):
            place = outer
    page_body = root.find("body")
    if at_top and page_body is not None:
        page_body.insert(0 if choose.random() < 0.5 else len(page_body), element)
    elif choose.random() < 0.4 or place.tag in ("body", "html") or place.getparent() is None:
        place.append(element)
    else:
        element.tail, place.tail = place.tail, None
        place.addnext(element)


def _element(
    tag: str, names: str, text: str = "", children: Sequence[etree._Element | None] = ()
) -> etree._Element:
    element = etree.Element(tag)
    if names:
        element.set("class", names)
    element.text = text or None
    element.extend([child for child in children if child is not None])
    return element


def _comments(choose: random.Random, stories: Sequence[Story], language: str) -> etree._Element:
    """Return readers' comments: sentences of other pages, with names and times."""
    outer, inner, item, text = choose.choice(COMMENT_TAGS)
    classes = choose.choice(COMMENT_CLASSES)
    label = choose.choice((*LABELS.get(language, ENGLISH_LABELS), ""))
    label_tag = choose.choice(("h2", "h3", "summary" if outer == "details" else "h2", "div", "p"))
    items = []
    for _ in range(choose.randint(2, 12)):
        quoted = choose.sample(choose.choice(stories).paragraphs, choose.choice((1, 1, 1, 2)))
        name, date = choose.choice(NAMES), choose.choice(DATES)
        head = _element("div", "", f"{name} {choose.choice(('-', '·', 'says', ''))} {date}")
        foot = choose.choice(ACTIONS)
        children: list[etree._Element | None] = [head, *(_element(text, classes[3], part) for part in quoted)]
        children.append(_element("a", "", foot) if foot else None)
        if choose.random() < 0.2:
            children[0] = None
        items.append(_element(item, classes[2], children=children))
    parts: list[etree._Element | None] = [
        _element(label_tag, "", label) if label else None,
        _element(inner, classes[1], children=items),
    ]
    return _element(outer, classes[0], children=parts)


def _second_article(choose: random.Random, stories: Sequence[Story], home: etree._Element) -> etree._Element:
    """Return another article: in the markup of the first one, as pages have that load the next one, or in its own."""
    story = choose.choice(stories)
    paragraphs = list(story.paragraphs[: choose.randint(2, 40)])
    title = _element(
        choose.choice(("h1", "h1", "h2", "h2", "h3")), choose.choice(("", "title", "headline")), story.title
    )
    line = f"{choose.choice(('By ', 'Von ', 'Par ', ''))}{choose.choice(NAMES)} {choose.choice(DATES)}"
    byline = _element(choose.choice(("div", "p", "span")), choose.choice(("", "byline", "meta")), line)
    if choose.random() < 0.5 and (shell := _emptied(home)) is not None:
        text = shell
        text.extend([_element("p", "", paragraph) for paragraph in paragraphs])
    else:
        text = _element(
            "div", choose.choice(("", "body", "text")), "", [_element("p", "", part) for part in paragraphs]
        )
    head = [title, byline if choose.random() < 0.7 else None]
    names = choose.choice(("story", "article", "next-article", "post", "infinite", "", "", "item"))
    return _element(choose.choice(("article", "article", "div", "section")), names, "", [*head, text])


def _emptied(element: etree._Element) -> etree._Element | None:
    """Return a copy of an element without its content."""
    if element.tag in ("body", "html", "main"):
        return None
    shell = copy.copy(element)
    for child in list(shell):
        shell.remove(child)
    shell.text = shell.tail = None
    return shell


def _consent(choose: random.Random, language: str) -> etree._Element:
    """Return a request for consent to cookies."""
    sentences = CONSENT.get(language, ENGLISH_CONSENT)
    chosen = sentences[: choose.randint(1, len(sentences))]
    parts = [_element(choose.choice(("p", "p", "div")), "", sentence) for sentence in chosen]
    if choose.random() < 0.3:
        parts = [_element("p", "", " ".join(chosen))]
    names = choose.choice(CONSENT_NAMES)
    element = _element(choose.choice(("div", "section", "aside", "dialog")), names, "", parts)
    return _element("div", choose.choice((names, "")), "", [element])


def _change_names(root: etree._Element, choose: random.Random) -> None:
    """Remove class names and ids, or replace them by names that say nothing; equal names stay equal."""
    kind = choose.choice(("remove", "hash", "some"))
    salt = str(choose.random())
    for element in root.iter(etree.Element):
        for attribute in ("class", "id"):
            if (value := element.get(attribute)) is None or (kind == "some" and choose.random() < 0.5):
                continue
            if kind == "remove":
                del element.attrib[attribute]
            else:
                element.set(attribute, _meaningless(salt + value))


def _meaningless(name: str) -> str:
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return f"{_MEANINGLESS[int(digest[:4], 16) % len(_MEANINGLESS)]}-{digest[4:9]}"
