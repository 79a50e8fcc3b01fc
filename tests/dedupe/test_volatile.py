from __future__ import annotations

import pytest

from newsbot.dedupe.volatile import strip_volatile, volatile_words

LINES = {
    "ar": ["12 تعليقا", "تم التحديث 23 نوفمبر 2026", "منذ 3 ساعات", "إعلان: قوارب"],
    "bg": ["преди 3 часа", "обновена 14:05", "Реклама: лодки"],
    "bn": ["12 মন্তব্য"],
    "cs": ["12 komentářů", "Aktualizováno 23. listopadu 2026 14:05", "před 3 hodinami", "Reklama: lodě"],
    "da": ["12 kommentarer", "Opdateret 23. november 2026 14:05", "3 timer siden", "Annonce: både"],
    "de": [
        "12 Kommentare",
        "Lesedauer 4 Min.",
        "Stand: 23.11.2026, 14:05 Uhr",
        "vor 3 Stunden",
        "Anzeige: Boote",
    ],
    "el": ["12 σχόλια", "Ενημερώθηκε 23 Νοεμβρίου 2026", "πριν 3 ώρες"],
    "en": [
        *("12 comments", "Comments (12)", "1.2K shares", "3 min read", "No comments"),
        *("2 hours ago", "Updated 14:05", "Last updated: Nov. 23, 2026 at 2:05 p.m."),
        *("Advertisement", "Advertisement: Boats by Holt"),
    ],
    "es": [
        "12 comentarios",
        "3 min de lectura",
        "Actualizado a las 14:05",
        "hace 3 horas",
        "Publicidad: barcos",
    ],
    "et": ["12 kommenti"],
    "fa": ["12 دیدگاه", "3 ساعت پیش", "به‌روز شده 14:05"],
    "fi": ["12 kommentti", "Päivitetty 23.11.2026 14.05", "3 tuntia sitten", "Mainos: veneitä"],
    "fr": [
        "Temps de lecture : 3 min",
        "Mis à jour le 23 novembre 2026 à 14h05",
        "il y a 3 heures",
        "Publicité : bateaux",
    ],
    "gl": ["3 min tempo de lectura"],
    "he": ["12 תגובות", "עודכן 14:05", "לפני 3 שעות"],
    "hi": ["12 टिप्पणियां", "अपडेट 23 नवंबर 2026 14:05", "3 घंटे पहले"],
    "hr": ["12 komentara"],
    "hu": ["12 hozzászólás", "Frissítve 14:05", "3 órája ezelőtt"],
    "id": ["12 komentar", "3 menit baca", "Diperbarui 14:05", "3 jam lalu"],
    "it": ["12 commenti", "3 minuti di lettura", "Aggiornato alle 14:05", "3 ore fa", "Pubblicità: barche"],
    "ja": ["コメント 12件", "更新 2026年11月23日 14:05", "3時間前", "広告：船"],
    "ko": ["댓글 12", "입력 2026.11.23. 오후 2:05", "3시간 전", "광고: 배"],
    "ms": ["Dikemas kini 14:05"],
    "nl": ["12 reacties", "Bijgewerkt 14:05", "3 uur geleden", "Advertentie: boten"],
    "no": ["12 visninger", "Oppdatert 14:05", "3 timer siden"],
    "pl": ["12 komentarzy", "Zaktualizowano 23 listopada 2026, 14:05", "3 godziny temu", "Reklama: łodzie"],
    "pt": ["12 comentários", "Atualizado às 14:05", "há 3 horas", "Publicidade: barcos"],
    "ro": ["12 comentarii", "Actualizat 14:05", "acum 3 ore"],
    "ru": [
        "12 комментариев",
        "1234 просмотра",
        "Обновлено 23 ноября 2026, 14:05",
        "3 часа назад",
        "Реклама: лодки",
    ],
    "sk": ["12 komentárov"],
    "sl": ["12 komentarjev"],
    "sr": ["12 коментара", "Ажурирано 14:05", "пре 3 сата"],
    "sv": ["12 kommentarer", "Uppdaterad 23 november 2026 kl 14.05", "3 timmar sedan", "Annons: båtar"],
    "sw": ["Maoni 12", "Imesasishwa 14:05"],
    "th": ["อัปเดต 14:05"],
    "tr": ["12 yorum", "Güncelleme 14:05", "3 saat önce", "Reklam: tekneler"],
    "uk": ["12 коментарів", "Оновлено 14:05", "3 години тому", "Реклама: човни"],
    "vi": ["12 bình luận", "Cập nhật 23/11/2026 14:05", "3 giờ trước"],
    "zh": ["阅读 1234", "12条评论", "更新时间：2026年11月23日 14:05", "3小时前", "广告：船"],
}
LASTING = [
    "7 dead in crash",
    "Five dead in crash",
    "He died on 3 May 2024.",
    "Shares fall 5 percent",
    "Bayern 2-1 Dortmund",
    "He left – 3 days ago – for Rome.",
    "He was 52.",
    "“I have 12 comments to make,” she said",
]


def test_every_language_of_the_word_lists_has_lines_here() -> None:
    assert {language for table in volatile_words().values() for language in table} == set(LINES)


@pytest.mark.parametrize("language", LINES)
def test_volatile_lines_are_removed(language: str) -> None:
    assert {line: strip_volatile(line) for line in LINES[language]} == dict.fromkeys(LINES[language], "")


@pytest.mark.parametrize("line", LASTING)
def test_lines_that_say_something_stay(line: str) -> None:
    assert strip_volatile(line) == line


def test_teaser_is_volatile() -> None:
    assert strip_volatile("Lesen Sie auch: Hafen") == ""


def test_byline_stays_when_the_counters_beside_it_are_removed() -> None:
    assert strip_volatile("By Ada Kovac | 3 min read | Updated 14:05") == "By Ada Kovac"
