"""Lines that change by themselves: counters of readers and comments, dates of updates, teasers and advertisements.

The words are data, in the languages of most news pages; a language that is missing is told by form and place alone,
where these suffice.
"""

from __future__ import annotations

import re

from newsbot.dates import names_date
from newsbot.phrases import ends_article, is_noise
from newsbot.text import collapse_space, word_count

MAX_WORDS = 8
"""Of a counter or date line; longer ones are text."""
MAX_CHARS = 200
MAX_COUNTER_WORDS = 5
MAX_LABEL_WORDS = 3
"""A full stop after so few is one of an abbreviation."""

_PARTS = re.compile(r"\s[|/–—-]\s|\s*[·•∙|│]\s*")
_NUMBER = re.compile(r"\d")
_CLOCK = re.compile(r"\d{1,2}\s?[:.hH時时点시]\s?\d{2}(?!\d)")
_SENTENCE = re.compile(r"(?:[^\W\d_]{3}|\d\d)[.!?…。！？।؟۔]+[)\]»”\"]*$")


def _stems(latin: str, others: str) -> str:
    """Return a pattern of words that begin so; in other scripts than Latin, some of which join words, anywhere."""
    return rf"(?:(?<![^\W\d_])(?:{'|'.join(latin.split())})|{'|'.join(others.split())})"


_COUNTED_STEMS = _stems(
    r"""comments?\b comment(?:aire|o\b|i\b) kommentar komentar komentá komentář komment(?:ti|i)\b coment[aá]ri reacti(?:e|es)\b reactions?\b
    opmerking hozzászól yorum views?\b aufrufe vues?\b lectures?\b visualiz visualis visitas?\b visite\b lettur leser\b lezers?\b weergave
    visninga visninger katselu wyświetle odsłon zobrazen přečten megtekint vizualiz görüntülen okunma dibaca tayangan reads?\b readers?\b
    shares?\b shared\b geteilt partages?\b compartid condivis gedeeld delingar udostępn sdílen paylaş likes?\b gefällt j’aime j'aime beğen retweets?\b
    followers?\b min\.?\s+read min(?:ute)?s?\s+read minute\s+read reading\s+time lesezeit lesedauer temps\s+de\s+lecture
    (?:tiempo|tempo)\s+(?:de|di)\s+(?:lectura|leitura|lettura) min(?:utos|uti)?\s+de\s+(?:lectura|leitura) min(?:uti)?\s+di\s+lettura leestijd lästid
    læsetid lesetid lukuaika czas\s+czytania doba\s+čtení okuma\s+süresi dk\.?\s+okuma min(?:utes)?\s+de\s+lecture thời\s+gian\s+đọc lượt\s+(?:xem|chia|thích)
    bình\s+luận menit\s+(?:baca|membaca) dilihat maoni""",
    "комментар коментар просмотр перегляд прегледа прочитан прочтен репост лайк время\\s+чтения час\\s+читання σχόλι προβολ ανάγνωσ تعليق مشاهد "
    "قراءة إعجاب دیدگاه بازدید تגוב תגוב צפיות टिप्पण शेयर पढ़ने มุมมอง เข้าชม ความคิดเห็น মন্তব্য コメント 閲覧 いいね シェア 評論 评论 留言 阅读 閱讀 浏览 瀏覽 "
    "点击量 点赞 點讚 댓글 조회 공유 좋아요 읽는",
)
_AGO_STEMS = _stems(
    r"ago\b vor\b il\s+y\s+a\b hace\b há\b fa\b geleden sedan\b siden\b sitten\b temu\b před\b ezelőtt acum\b önce trước lalu\b",
    "назад тому\\b преди пре\\b πριν منذ پیش לפני पहले ที่แล้ว 前 전",
)
_UPDATED_STEMS = _stems(
    r"""updated? update last\s+modified modified published posted aktualis stand\b veröffentlicht zuletzt mis\s+à\s+jour màj\b publié modifié actualiz
    publicad atualiz aggiorn pubblicat bijgewerkt gewijzigd gepubliceerd uppdater publicerad opdater oppdater publiser publicer päivitet julkaistu
    aktualiz opublikow zveřejn frissít actualizat güncel yayın cập\s+nhật diperbarui dikemas kemas\s+kini imesasishwa""",
    "обновл опублик оновлен опублік ажурир обнов ενημερ δημοσ تحديث محدث نشر به‌روز עודכן פורסם अपडेट प्रकाशित อัปเดต เผยแพร่ 更新 公開 发布 發布 업데이트 수정 입력",
)
_ADVERTISED = re.compile(
    r"(?:advert(?:isement)?|sponsored(?: content)?|anzeige|werbung|publicité|publicidade?|pubblicità|advertentie|annons|annonce"
    r"|mainos|reklama?|реклама|広告|广告|廣告|광고|إعلان)\s?[:：|–—-]",
    re.IGNORECASE,
)
_COUNTED = re.compile(_COUNTED_STEMS, re.IGNORECASE)
_COUNTER = re.compile(rf"\d\D{{0,12}}?{_COUNTED_STEMS}|{_COUNTED_STEMS}\w*\W{{0,3}}\d", re.IGNORECASE)
"""The number stands beside the word: "12 new comments", "Comments (12)", but not "Shares fall 5 %"."""
_AGO = re.compile(_AGO_STEMS, re.IGNORECASE)
_UPDATED = re.compile(_UPDATED_STEMS, re.IGNORECASE)


def strip_volatile(line: str) -> str:
    """Return what of a line must stay for the text to stay the same; empty if all of it may change by itself.

    "By Ada Kovac | 3 min read | Updated 14:05" settles to "By Ada Kovac"."""
    line = collapse_space(line)
    if len(line) > MAX_CHARS:
        return line
    if is_sentence(line):
        return "" if is_volatile(line) else line
    return " ".join(part for part in _PARTS.split(line) if not is_volatile(part))


def date_lines(body: str) -> set[str]:
    """Return the lines of a text that say when it was published or updated."""
    lines = (line for line in body.split("\n") if 0 < len(line) <= MAX_CHARS and not is_sentence(line))
    return {line for line in lines if any(_is_date(part) for part in _PARTS.split(line))}


def is_sentence(line: str) -> bool:
    """Tell whether a line ends as sentences do: no headline, label or teaser."""
    return _SENTENCE.search(line.rstrip()) is not None


def is_volatile(part: str) -> bool:
    words = word_count(part)
    if is_noise(part, words) or ends_article(part) or _ADVERTISED.match(part):
        return True
    if words > MAX_WORDS + len(_NUMBER.findall(part)) // 2:
        return False
    if words > MAX_LABEL_WORDS and is_sentence(part) and not _UPDATED.search(part):
        return False
    return _is_counter(part, words) or _is_date(part)


def _is_counter(part: str, words: int) -> bool:
    if words <= MAX_COUNTER_WORDS and _COUNTER.search(part):
        return True
    if words <= 2 and _COUNTED.match(part.partition(" ")[2] or part):  # "No comments"
        return True
    return words <= MAX_COUNTER_WORDS and _NUMBER.search(part) is not None and _AGO.search(part) is not None


def _is_date(part: str) -> bool:
    return names_date(part) or (_UPDATED.search(part) is not None and _CLOCK.search(part) is not None)
