"""What a page is: an article, or something that looks like one to a crawler.

What a page says of itself in schema.org goes first where it is specific; then signs on the page. A page that is not
sure to be something else stays an article: a wrong reject loses more than a stored odd page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from newsbot.extraction.body.choice import Body
from newsbot.extraction.page.page import Page
from newsbot.items import STORED_KINDS, Article, PageKind

_SHORT_WORDS: Final = 120
"""Below this a page's other signs count: half of all real articles have over 400 words."""
_TEASER_WORDS: Final = 250
_LISTED: Final = 0.7
_DECLARED: Final = ("json-ld", "meta", "microdata")
_LIVE = re.compile(r"^LiveBlogPosting$")
_GALLERY = re.compile(r"^(?:ImageGallery|MediaGallery|Photograph)$")
_VIDEO = re.compile(r"^(?:VideoObject|Movie|TVEpisode|PodcastEpisode|AudioObject)$")
_LIST = re.compile(r"^(?:CollectionPage|ItemList|SearchResultsPage|ProfilePage)$")
_ARTICLE = re.compile(r"Article$|Posting$|^Report$|^Review$")
_ERROR_TITLE = re.compile(
    r"\b(?:404|403|410|5\d\d) ?(?:-|–|:|error|not|page|forbidden|gone)|^(?:404|403|error)\b|page (?:not|can(?:no|')t be) found|"
    r"(?:page|article|story) (?:is )?(?:no longer|not) (?:available|exist)|access (?:to this page has been )?denied|just a moment|attention required|"
    r"are you (?:a )?(?:human|robot)|security check|bot verification|pardon our interruption|verify(?:ing)? (?:that )?you are|"
    r"seite (?:wurde )?nicht gefunden|seite existiert nicht|page (?:introuvable|non trouvée)|página no encontrada|"
    r"página não encontrada|pagina non trovata|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte)|siden (?:ble|blev) ikke funnet|"
    r"strona nie (?:została )?znaleziona|страница не найдена|ページが見つかりません|页面不存在|找不到(?:页面|頁面)|페이지를 찾을 수 없|الصفحة غير موجودة|sayfa bulunamadı",
    re.IGNORECASE,
)  # fmt: skip
_WALL_TEXT = re.compile(
    r"enable (?:javascript|cookies)|javascript (?:is|and cookies)|unusual (?:traffic|activity)|not a robot|checking your browser|"
    r"complete the (?:captcha|security)|cf-chl|captcha-delivery|px-captcha|_Incapsula_|ray id",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"subscribe (?:now |today )?to (?:continue|keep|read)|to continue reading|already a subscriber|continue reading (?:this|with|for)|subscribers? only|"
    r"weiterlesen mit|jetzt (?:weiterlesen|abonnieren|freischalten)|bereits abonnent|registrieren und weiterlesen|réservé (?:aux|à nos) abonnés|"
    r"pour lire la suite|il vous reste \d+ ?%|déjà abonné|contenido exclusivo|para seguir leyendo|ya eres suscriptor|"
    r"exclusivo para assinantes|continue lendo|per continuare a leggere|sei già abbonato|exclusief voor abonnees|lees verder met|"
    r"endast för prenumeranter|for abonnenter|残り\d+文字|この記事は会員限定|有料会員|会員限定|구독하고|только для подписчиков",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(slots=True, frozen=True)
class _Signs:
    """What the rules look at."""

    page: Page
    article: Article
    body: Body
    types: tuple[str, ...]
    """Every schema.org type of the page's JSON-LD."""

    def declares(self, pattern: re.Pattern[str]) -> bool:
        return any(pattern.search(name) for name in self.types)

    @property
    def og_type(self) -> str:
        return next(iter(self.page.meta.get("og:type", ())), "").lower()

    @property
    def is_declared_article(self) -> bool:
        return self.declares(_ARTICLE) or self.og_type == "article" or self.article.published_at is not None

    @property
    def is_dated_article(self) -> bool:
        """Whether the page declares itself an article, or declares a date: a list may show the dates of others."""
        return self.declares(_ARTICLE) or self.article.rules.get("published_at", "").startswith(_DECLARED)

    @property
    def page_title(self) -> str:
        return f"{self.article.title or ''}\n{self.page.title}".strip()


def _is_error(signs: _Signs) -> bool:
    if signs.article.word_count > _SHORT_WORDS:
        return False
    lost = _ERROR_TITLE.search(signs.page_title) is not None
    return lost or (not signs.is_declared_article and _WALL_TEXT.search(signs.page.html[:50_000]) is not None)


def _is_live_blog(signs: _Signs) -> bool:
    return signs.declares(_LIVE)


def _is_paywall(signs: _Signs) -> bool:
    if signs.article.word_count > _TEASER_WORDS or signs.body.rule == "json-ld articleBody":
        return False
    if signs.article.is_free is False:
        return True
    return signs.article.word_count < _SHORT_WORDS and _PAYWALL.search(signs.body.rest) is not None


def _is_gallery(signs: _Signs) -> bool:
    short = signs.article.word_count < _TEASER_WORDS
    return short and (signs.declares(_GALLERY) or "gallery" in signs.og_type)


def _is_video(signs: _Signs) -> bool:
    only_video = signs.declares(_VIDEO) and not signs.declares(_ARTICLE)
    return signs.article.word_count < _SHORT_WORDS and (only_video or signs.og_type.startswith("video"))


def _is_list(signs: _Signs) -> bool:
    if signs.body.teaser_share > _LISTED and not signs.is_dated_article:
        return True
    if signs.is_declared_article:
        return False
    if signs.declares(_LIST):
        return True
    few = signs.article.word_count < _SHORT_WORDS
    front = signs.og_type == "website" or not signs.body.text
    return few and front and signs.body.links > 20


def _is_empty(signs: _Signs) -> bool:
    return not signs.body.text


_RULES: Final[tuple[tuple[PageKind, str, Callable[[_Signs], bool]], ...]] = (
    ("error", "error title or bot wall", _is_error),
    ("live_blog", "json-ld LiveBlogPosting", _is_live_blog),
    ("paywall", "not free and short", _is_paywall),
    ("gallery", "gallery type and short", _is_gallery),
    ("video", "video type and short", _is_video),
    ("list", "links and no article", _is_list),
    ("empty", "no body", _is_empty),
)
"""The first that holds decides; none: an article."""


def classify(page: Page, article: Article, body: Body) -> tuple[PageKind, str]:
    """Return the kind of the page and the rule that told it."""
    signs = _Signs(page, article, body, _types(page))
    return next(
        ((kind, rule) for kind, rule, holds in _RULES if holds(signs)), ("article", "nothing against it")
    )


def _types(page: Page) -> tuple[str, ...]:
    types: list[str] = []
    for item in page.json_ld:
        declared = item.get("@type")
        types += [
            name for name in (declared if isinstance(declared, list) else [declared]) if isinstance(name, str)
        ]
    return tuple(types)


def reject_reason(article: Article) -> str | None:
    """Return why an article is not stored: its kind, or the part that it lacks; None if it is stored."""
    if article.kind not in STORED_KINDS:
        return article.kind
    if not article.body:
        return "empty"
    return None if article.title else "no-title"
