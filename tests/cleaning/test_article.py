import pytest

from newsbot.cleaning.article_fields import CUT, MAX_BODY_CHARS, clean_article
from newsbot.items import Article, Entity

TEXT = "The bridge will open in May, the council said, and the ferry will stop on the same day."


def cleaned(**values: object) -> Article:
    article = Article(url="https://news.example/a", **values)  # type: ignore[arg-type]
    clean_article(article)
    return article


def test_single_line_fields_have_one_line() -> None:
    article = cleaned(title=" A\n headline\x00 ", section="\u200bPolitics ", description="")
    assert (article.title, article.section, article.description) == ("A headline", "Politics", None)


def test_duplicate_and_empty_names_and_topics_are_removed() -> None:
    article = cleaned(authors=["Ann Lee", " Ann  Lee", ""], topics=["a", "a", " b "])
    assert (article.authors, article.topics) == (["Ann Lee"], ["a", "b"])


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/relative", "data:image/png;base64,x", ""])
def test_invalid_url_becomes_none(url: str) -> None:
    article = cleaned(canonical_url=url, image_url=url)
    assert (article.canonical_url, article.image_url) == (None, None)


def test_a_paragraph_that_repeats_the_one_before_is_dropped_but_not_a_refrain() -> None:
    article = cleaned(body=f"{TEXT}\n\n{TEXT}\n\nLa la la.\n\nSecond verse, of a song.\n\nLa la la.")
    assert article.body == f"{TEXT}\n\nLa la la.\n\nSecond verse, of a song.\n\nLa la la."


@pytest.mark.parametrize(
    "last",
    [
        "Like this story? Share it with a friend!",
        "Sign up for our daily newsletter",
        "Folgen Sie uns auf Facebook",
        "Suscríbete a nuestra newsletter",
        "Подписывайтесь на наш канал",
    ],
)
def test_invitations_at_the_end_are_dropped(last: str) -> None:
    assert cleaned(body=f"{TEXT}\n\n{last}").body == TEXT


@pytest.mark.parametrize(
    "last",
    [
        "“Follow us,” the guide said.",
        "He asked them to share the bread with the others, and they did so all night long in the "
        "old house by the river, until nobody was hungry any more and the last of them had gone home.",
        "© 2026 Example News",
    ],
)
def test_quotes_long_sentences_and_notices_at_the_end_are_kept(last: str) -> None:
    assert cleaned(body=f"{TEXT}\n\n{last}").body.endswith(last)


def test_an_invitation_in_the_midst_of_a_text_is_kept() -> None:
    body = f"{TEXT}\n\nSubscribe to the channel, the poster said.\n\n{TEXT} And more."
    assert cleaned(body=body).body == body


def test_words_are_counted_again_and_cleaning_is_idempotent() -> None:
    article = cleaned(body=f" {TEXT} ", word_count=1, title="  T ")
    first = (article.body, article.title, article.word_count)
    clean_article(article)
    assert (article.body, article.title, article.word_count) == first
    assert article.word_count == 18


def test_a_body_that_is_too_long_is_cut_after_a_paragraph_and_its_rule_says_so() -> None:
    paragraph = "word " * 199 + "end."
    article = cleaned(body="\n\n".join(f"{n} {paragraph}" for n in range(1_000)), rules={"body": "model"})
    assert MAX_BODY_CHARS - 2_000 < len(article.body) <= MAX_BODY_CHARS
    assert article.body.endswith("end.")
    assert article.rules["body"] == f"model, {CUT}"
    once = article.body
    clean_article(article)
    assert (article.body, article.rules["body"]) == (once, f"model, {CUT}")


def test_of_one_endless_paragraph_the_beginning_is_kept() -> None:
    article = cleaned(body="ab " * MAX_BODY_CHARS)
    assert MAX_BODY_CHARS - 2 <= len(article.body) <= MAX_BODY_CHARS
    assert article.rules["body"] == CUT


def test_a_body_of_the_greatest_length_is_kept_and_its_rule_says_nothing() -> None:
    article = cleaned(body="a" * (MAX_BODY_CHARS - 3) + "\n\nb")
    assert len(article.body) == MAX_BODY_CHARS
    assert article.rules == {}


@pytest.mark.parametrize("hostile", ["\ud800", "\x1b[31m", "\x07", "\x9b", "\r\n", "\0", "\u2028"])
def test_no_field_has_characters_that_cannot_be_printed(hostile: str) -> None:
    article = cleaned(
        canonical_url=f"https://news.example/{hostile}a",
        image_url=f"https://news.example/{hostile}a.png",
        aliases=[f"https://news.example/{hostile}b"],
        source=f"news{hostile}.example",
        language=f"en{hostile}",
        title=f"A {hostile}title",
        authors=[f"Ann {hostile}Lee"],
        body=f"The text {hostile}goes on.",
        entities=[Entity(name=f"Ann {hostile}Lee", type="PER", role=f"the {hostile}mayor")],
    )
    article.url += hostile
    clean_article(article)
    [entity] = article.entities
    texts = [article.url, article.canonical_url, article.image_url, *article.aliases, article.source]
    texts += [article.language, article.title, *article.authors, entity.name, entity.role]
    assert all(text and text.isprintable() for text in texts)
    assert article.body.replace("\n", "").isprintable()


def test_urls_are_kept_without_user_and_password() -> None:
    article = cleaned(canonical_url="https://me:hush@news.example/a@b", image_url="https://me@news.example/a")
    assert article.canonical_url == "https://news.example/a@b"
    assert article.image_url == "https://news.example/a"
