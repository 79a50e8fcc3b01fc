"""Which pictures of a page belong to the article, their largest files, their captions and credits."""

from __future__ import annotations

import pytest

from newsbot.extraction import extract
from newsbot.items import Article, Image

URL = "https://news.example/story/1"
PARAGRAPHS = [
    "The harbour council voted on Tuesday evening to rebuild the old swing bridge, which has been stuck open since the storm.",
    "“We cannot ask people to row across for another winter,” said the council's leader, Maud Ferris, after the vote.",
    "Work is due to start in March, and the ferry will run every ten minutes until the first lorries can cross in the autumn.",
    "The bridge was built in 1911 and has been repaired twice, once after a coal barge ran into its northern pier.",
]
BRIDGE = "https://news.example/i/bridge-in-march.jpg"


def article_of(picture: str, head: str = "", before: str = "") -> Article:
    """Return the article of a page with a picture behind its second paragraph."""
    parts = [f"<p>{text}</p>" for text in PARAGRAPHS]
    return extract(
        f"<html><head><title>Council votes</title>{head}</head><body><nav><a href=/>Home</a></nav><article>"
        f"<h1>Council votes to rebuild</h1>{before}{''.join(parts[:2])}{picture}{''.join(parts[2:])}</article></body></html>",
        URL,
    )


def images_of(picture: str, head: str = "", before: str = "") -> list[Image]:
    """Return the images of that article."""
    return article_of(picture, head, before).images


@pytest.mark.parametrize(
    ("markup", "url"),
    [
        ("<img src=/i/bridge-in-march.jpg>", BRIDGE),
        ("<img src='data:image/gif;base64,R0lGOD' data-src=/i/bridge-in-march.jpg>", BRIDGE),
        ("<img src=/i/placeholder.png data-lazy-src=/i/bridge-in-march.jpg>", BRIDGE),
        ("<img src=/i/s.jpg srcset='/i/s.jpg 320w, /i/bridge-in-march.jpg 1280w, /i/m.jpg 640w'>", BRIDGE),
        ("<img src=/i/s.jpg srcset='/i/s.jpg, /i/bridge-in-march.jpg 2x'>", BRIDGE),
        ("<img src=/i/s.jpg srcset='/i/w=320,h=200/s.jpg 320w,\n /i/bridge-in-march.jpg 900w'>", BRIDGE),
        ("<picture><source data-srcset='/i/bridge-in-march.jpg 1200w'><img src=/i/s.jpg></picture>", BRIDGE),
        ("<img src='data:x'><noscript><img src=/i/bridge-in-march.jpg></noscript>", BRIDGE),
        ("<a href=/i/full.jpg><img src=/i/bridge-in-march.jpg></a>", BRIDGE),
        ("<p><img src=/i/bridge-in-march.jpg width=800 height=600></p>", BRIDGE),
    ],
)  # fmt: skip
def test_the_largest_real_file_is_found(markup: str, url: str) -> None:
    assert [image.url for image in images_of(markup)] == [url]


@pytest.mark.parametrize(
    "markup",
    [
        "<img src='data:image/png;base64,AAAA'>",
        "<img src=/i/bridge-in-march.jpg width=1 height=1>",
        "<img src=https://stats.example/pixel.png>",
        "<img src=/i/spacer.gif>",
        "<img src=/static/icons/arrow.png>",
        "<img src=/i/logo.svg>",
        "<img src=/avatars/ada.jpg>",
        "<div class=author-bio><img src=/i/bridge-in-march.jpg></div>",
        "<aside class=related><a href=/2><img src=/i/bridge-in-march.jpg></a></aside>",
        "<a href=/story/2><img src=/i/bridge-in-march.jpg></a>",
        "<img src=javascript:alert(1)>",
        "<img src='http://[bad/x.jpg'>",
        "<img>",
    ],
)
def test_icons_pixels_portraits_and_teasers_are_no_pictures(markup: str) -> None:
    assert images_of(markup) == []


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("<figcaption>The bridge. Photo: Ada Kovac/dpa</figcaption>", ("The bridge.", "Ada Kovac/dpa")),
        ("<figcaption>Die Brücke <span class=credit>Bild: Ada Kovac</span></figcaption>", ("Die Brücke", "Ada Kovac")),
        ("<figcaption>The bridge</figcaption><cite itemprop=copyrightHolder>© Harbour News</cite>", ("The bridge", "Harbour News")),
        ("<figcaption>Le pont, mardi. © AFP</figcaption>", ("Le pont, mardi.", "AFP")),
        ("<figcaption>Мост в марте. Фото: Иван Петров / ТАСС</figcaption>", ("Мост в марте.", "Иван Петров / ТАСС")),
        ("<figcaption>橋の様子＝写真：共同</figcaption>", ("橋の様子", "共同")),
        ("<figcaption>警備に当たる警察官ら＝ＡＰ</figcaption>", ("警備に当たる警察官ら", "ＡＰ")),
        ("<figcaption>Am Abend <i class=credit>Foto: Ada Kovac (Getty)</i></figcaption>", ("Am Abend", "Ada Kovac (Getty)")),
        ("<figcaption>Al puente. EFE/Ana Ruiz</figcaption>", ("Al puente.", "EFE/Ana Ruiz")),
        ("<figcaption>The bridge (AP Photo/Ada Kovac)</figcaption>", ("The bridge", "AP Photo/Ada Kovac")),
        ("<figcaption><span>El puente.</span><span>ANA RUIZ</span></figcaption>", ("El puente.", "ANA RUIZ")),
        ("<figcaption>Photo by Ada Kovac</figcaption>", (None, "Ada Kovac")),
        ("<figcaption>The bridge (archive)</figcaption>", ("The bridge (archive)", None)),
        ("", (None, None)),
    ],
)  # fmt: skip
def test_caption_and_credit_are_parted(caption: str, expected: tuple[str | None, str | None]) -> None:
    [image] = images_of(f"<figure><img src=/i/bridge-in-march.jpg alt='A bridge'>{caption}</figure>")
    assert (image.caption, image.credit) == expected


def test_captions_without_figures_are_found() -> None:
    [image] = images_of(
        "<div class=wp-caption><img src=/i/bridge-in-march.jpg><p class=wp-caption-text>The bridge</p></div>"
    )
    assert image == Image(url=BRIDGE, caption="The bridge")


def test_the_lead_image_comes_first_and_once() -> None:
    head = "<meta property=og:image content=https://news.example/i/bridge-in-march-1200x630.jpg>"
    figure = "<figure><img src=/i/bridge-in-march-640x360.jpg><figcaption>The bridge</figcaption></figure>"
    other = "<figure><img src=/i/the-other-pier.jpg></figure>"
    assert [image.caption for image in images_of(other, head, figure)] == ["The bridge", None]
    assert [image.url for image in images_of(other, head)] == [
        "https://news.example/i/bridge-in-march-1200x630.jpg",
        "https://news.example/i/the-other-pier.jpg",
    ]


def test_pictures_are_in_the_markdown_where_they_are_on_the_page() -> None:
    figure = "<figure><img src=/i/bridge-in-march.jpg alt='not [this]'><figcaption>The [old] bridge</figcaption></figure>"
    assert article_of(figure).body_markdown.split("\n\n") == [
        *PARAGRAPHS[:2],
        f"![The \\[old\\] bridge]({BRIDGE})",
        *PARAGRAPHS[2:],
    ]


@pytest.mark.parametrize(
    "html",
    ["<img src=/i/a.jpg>" * 30_000, "<figure>" * 1000 + "<img src=a.jpg>" * 5000, "<div class=caption>" * 1500 + "<img src=/b.jpg>"],
    ids=["many", "deep", "captions"],
)  # fmt: skip
def test_hostile_pictures_are_read_in_time(html: str) -> None:
    assert len(images_of(html)) <= 100


@pytest.mark.parametrize("name", ["srcset", "data-srcset"])
def test_hostile_srcsets_are_read_in_time(name: str) -> None:
    assert (
        len(
            images_of(
                f"<img {name}='{', ' * 100_000}'><img {name}='{'a ' * 100_000}'><img {name}='{'a' * 300_000}'>"
            )
        )
        <= 3
    )
