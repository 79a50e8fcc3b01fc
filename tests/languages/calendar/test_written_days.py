"""Dates as news pages of the world print them, with the languages, scripts and calendars that they use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsbot.languages.calendar.dates import labelled_moments, names_date, parse_date

WRITTEN = [
    ("hi", "22 दिसंबर 2025, रात 9:15 बजे", "2025-12-22T21:15:00Z"),
    ("hi", "5 सितम्बर 2025", "2025-09-05"),
    ("mr", "१४ मार्च २०२६, सकाळी १०:३०", "2026-03-14T10:30:00Z"),
    ("mr", "5 ऑक्टोबर 2025", "2025-10-05"),
    ("ne", "१४ मार्च २०२६", "2026-03-14"),
    ("bn", "১৪ ফেব্রুয়ারী ২০২৬", "2026-02-14"),
    ("bn", "প্রকাশ: ১৪ই মার্চ ২০২৬, বিকাল ৪:৩০", "2026-03-14T16:30:00Z"),
    ("ta", "மார்ச் 14, 2026", "2026-03-14"),
    ("te", "ఆగస్టు 5, 2025", "2025-08-05"),
    ("kn", "14 ಮಾರ್ಚ್ 2026", "2026-03-14"),
    ("ml", "14 മാർച്ച് 2026", "2026-03-14"),
    ("gu", "14 માર્ચ 2026", "2026-03-14"),
    ("pa", "14 ਮਾਰਚ 2026", "2026-03-14"),
    ("si", "14 අගෝස්තු 2025", "2025-08-14"),
    ("th", "วันเสาร์ที่ 14 มีนาคม พ.ศ. 2569 เวลา 10:30 น.", "2026-03-14T10:30:00Z"),
    ("th", "14/03/2569 10:30", "2026-03-14T10:30:00Z"),
    ("th", "10 มี.ค. 69 08:30", "2026-03-10T08:30:00Z"),
    ("th", "วันที่14มีนาคม2569", "2026-03-14"),
    ("lo", "14 ມີນາ 2026", "2026-03-14"),
    ("km", "ថ្ងៃទី១៤ ខែមីនា ឆ្នាំ២០២៦", "2026-03-14"),
    ("km", "14 មីនា 2026", "2026-03-14"),
    ("my", "၁၄ မတ် ၂၀၂၆", "2026-03-14"),
    ("vi", "ngày 14 tháng 3 năm 2026", "2026-03-14"),
    ("vi", "14 Tháng Ba 2026", "2026-03-14"),
    ("vi", "Thứ bảy, 14/3/2026, 10:30 (GMT+7)", "2026-03-14T03:30:00Z"),
    ("fa", "شنبه ۵ مهر ۱۴۰۴، ساعت ۱۸:۴۵", "2025-09-27T18:45:00Z"),
    ("fa", "۱۴۰۴/۱۲/۲۳ ۱۰:۳۰", "2026-03-14T10:30:00Z"),
    ("fa", "14 مارس 2026", "2026-03-14"),
    ("fa", "1405/01/01", "2026-03-21"),
    ("ps", "۱۴ مارچ ۲۰۲۶", "2026-03-14"),
    ("ar", "14 آذار/مارس 2026", "2026-03-14"),
    ("ar", "السبت 24 رمضان 1447هـ - 14 مارس 2026م", "2026-03-14"),
    ("ar", "نشر في: 9 كانون الثاني 2026 - 08:15 م", "2026-01-09T20:15:00Z"),
    ("ar", "٥ أغسطس ٢٠٢٥", "2025-08-05"),
    ("ar", "3 جويلية 2025", "2025-07-03"),
    ("ar", "14 غشت 2025", "2025-08-14"),
    ("he", "14 במרץ 2026, 10:30", "2026-03-14T10:30:00Z"),
    ("he", "5 באוגוסט 2025", "2025-08-05"),
    ("ja", "平成31年4月30日", "2019-04-30"),
    ("ja", "令和元年5月1日", "2019-05-01"),
    ("ja", "二〇二六年三月十四日", "2026-03-14"),
    ("ja", "2026年3月14日 午後3時5分", "2026-03-14T15:05:00Z"),
    ("ja", "2026/3/14(土) 10:30", "2026-03-14T10:30:00Z"),
    ("zh-TW", "中華民國115年3月14日", "2026-03-14"),
    ("zh-TW", "115/03/14", "2026-03-14"),
    ("zh", "2026年3月14日 晚8:00", "2026-03-14T20:00:00Z"),
    ("zh", "2026-03-14 凌晨2点15分", "2026-03-14T02:15:00Z"),
    ("zh", "三月 14, 2026", "2026-03-14"),
    ("ko", "2026.03.14. 오후 10:30", "2026-03-14T22:30:00Z"),
    ("ko", "2026년 12월 1일", "2026-12-01"),
    ("lt", "2026 m. kovo 14 d. 10:30", "2026-03-14T10:30:00Z"),
    ("lt", "2025-08-05", "2025-08-05"),
    ("lv", "5. augusts, 2025", "2025-08-05"),
    ("lv", "2025. gada 5. augustā, 10:30", "2025-08-05T10:30:00Z"),
    ("et", "5. august 2025, 10:30", "2025-08-05T10:30:00Z"),
    ("fi", "5.8.2025 klo 10.30", "2025-08-05T10:30:00Z"),
    ("fi", "14. tammikuuta 2026 10.30 ip.", "2026-01-14T22:30:00Z"),
    ("hu", "2026. március 14., szombat 10:30", "2026-03-14T10:30:00Z"),
    ("hu", "2025. aug. 5.", "2025-08-05"),
    ("eu", "2026ko martxoaren 14a", "2026-03-14"),
    ("eu", "2025eko abuztuaren 5a", "2025-08-05"),
    ("ka", "2026 წლის 14 მარტი", "2026-03-14"),
    ("ka", "14 აპრილს, 2026", "2026-04-14"),
    ("hy", "14 Մարտի 2026", "2026-03-14"),
    ("hy", "Մարտ 14, 2026 10:30", "2026-03-14T10:30:00Z"),
    ("kk", "2026 жылғы 14 наурыз", "2026-03-14"),
    ("kk", "5 тамыз, 2025 жыл", "2025-08-05"),
    ("ky", "14-март, 2026", "2026-03-14"),
    ("uz", "2026-yil 14-mart", "2026-03-14"),
    ("tg", "14 марти соли 2026", "2026-03-14"),
    ("mn", "2026 оны 03 сарын 14", "2026-03-14"),
    ("az", "14 Mart 2026, 10:30", "2026-03-14T10:30:00Z"),
    ("az", "5 avqust 2025", "2025-08-05"),
    ("tl", "Agosto 5, 2025", "2025-08-05"),
    ("tl", "ika-14 ng Hunyo 2025", "2025-06-14"),
    ("ga", "14 Meán Fómhair 2025", "2025-09-14"),
    ("ga", "3 Deireadh Fómhair 2025", "2025-10-03"),
    ("cy", "5 Awst 2025", "2025-08-05"),
    ("cy", "14eg o Fehefin 2025", "2025-06-14"),
    ("gd", "14 dhen Mhàrt 2026", "2026-03-14"),
    ("mt", "14 ta' Marzu 2026", "2026-03-14"),
    ("sq", "14 Gusht 2025, 10:30", "2025-08-14T10:30:00Z"),
    ("mk", "14 октомври 2025", "2025-10-14"),
    ("sr", "14. октобар 2025. 10:30", "2025-10-14T10:30:00Z"),
    ("bs", "14. oktobar 2025.", "2025-10-14"),
    ("sl", "14. avgust 2025 ob 10.30", "2025-08-14T10:30:00Z"),
    ("uk", "21 чер 2025", "2025-06-21"),
    ("uk", "14 листоп. 2025", "2025-11-14"),
    ("be", "14 сакавіка 2026", "2026-03-14"),
    ("el", "14 Μαρτίου 2026, 9:15 μ.μ.", "2026-03-14T21:15:00Z"),
    ("el", "ΣΑΒΒΑΤΟ 14 ΜΑΡΤΙΟΥ 2026", "2026-03-14"),
    ("tr", "14 Ağustos 2025 Perşembe, 10:30", "2025-08-14T10:30:00Z"),
    ("ro", "14 mar. 2026, 10:30", "2026-03-14T10:30:00Z"),
    ("es", "14 de marzo de 2026 a las 8:15 p. m.", "2026-03-14T20:15:00Z"),
    ("es", "sáb. 14 mar. 2026 10:30 h", "2026-03-14T10:30:00Z"),
    ("pt", "14/03/2026 às 10h30", "2026-03-14T10:30:00Z"),
    ("it", "mar 14 apr 2026", "2026-04-14"),
    ("fr", "MAJ le 15/03/2026 à 9h00 - Publié le 14/03/2026 à 10h30", "2026-03-15T09:00:00Z"),
    ("sw", "Agosti 5, 2025", "2025-08-05"),
    ("ha", "14 Agusta 2025", "2025-08-14"),
    ("am", "14 ማርች 2026", "2026-03-14"),
    ("am", "መጋቢት 5 2018", "2026-03-14"),
    ("am", "ቅዳሜ፣ ጥር 9 ቀን 2018", "2026-01-17"),
    ("so", "Agoosto 5, 2025", "2025-08-05"),
    ("ms", "5 Ogos 2025 8:15 PTG", "2025-08-05T20:15:00Z"),
    ("id", "14 Agu 2025, 10.30 WIB", "2025-08-14T03:30:00Z"),
    ("en-GB", "04/03/2026", "2026-03-04"),
    ("en", "14 March ’26", "2026-03-14"),
    ("is", "14. mars 2026 kl. 10:30", "2026-03-14T10:30:00Z"),
    ("nn", "14. mars 2026 10:30", "2026-03-14T10:30:00Z"),
    ("eo", "14-a de marto 2026", "2026-03-14"),
    ("tk", "14-nji mart 2026", "2026-03-14"),
    ("ku", "14 adar 2026", "2026-03-14"),
    ("se", "14. njukčamánu 2026", "2026-03-14"),
    ("dv", "14 މާރިޗު 2026", "2026-03-14"),
    ("ca", "14 de març del 2026", "2026-03-14"),
    ("ja", "26/03/14 10:30", "2026-03-14T10:30:00Z"),
    ("ko", "26.03.14", "2026-03-14"),
    ("th", "14/03/69", "2026-03-14"),
]
UNCLEAR = [
    ("ne", "२०८२ फागुन ३०"),
    ("ar", "1447/09/24"),
    ("en", "2 hours ago"),
    ("en", "3 days ago, 10:30"),
    ("de", "vor 2 Stunden"),
    ("en", "10-12 March 2026"),
    ("en", "10–12 March 2026"),
    ("en-CA", "03/04/2026"),
    ("en", "Mar '26"),
    ("ar", "24 نيسان / أيار 2026"),
    ("en", "14/03/2569"),
]
"""Texts in which no single day is named: relative dates, other calendars, ranges, both orders."""


@pytest.mark.parametrize(("language", "text", "expected"), WRITTEN)
def test_dates_are_read_in_the_languages_and_calendars_of_news_pages(
    language: str, text: str, expected: str
) -> None:
    moment = parse_date(text, language=language)
    assert moment is not None
    assert moment.isoformat().replace("+00:00", "Z").startswith(expected)


@pytest.mark.parametrize(("language", "text", "expected"), WRITTEN)
def test_lines_with_such_a_date_are_recognised(language: str, text: str, expected: str) -> None:
    assert names_date(text, language)


@pytest.mark.parametrize(("language", "text"), UNCLEAR)
def test_what_is_unclear_is_no_date(language: str, text: str) -> None:
    assert parse_date(text, language=language) is None


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Updated: March 14, 2026 at 9:05 a.m. | Published: March 10, 2026", ["updated", "published"]),
        ("Mis à jour le 14/03/2026 - Publié le 10/03/2026", ["updated", "published"]),
        ("Aktualisiert am 14.03.2026, veröffentlicht am 10.03.2026", ["updated", "published"]),
        ("2026年3月10日 公開 2026年3月14日 更新", ["published", "updated"]),
        ("更新：2026年3月14日 公開：2026年3月10日", ["updated", "published"]),
        ("入力 2026.03.10. 오전 9:00 수정 2026.03.14. 오후 1:00", ["", "updated"]),
        ("آخر تحديث: 14 مارس 2026 - نشر: 10 مارس 2026", ["updated", "published"]),
        ("18/11/2026 01:57 | Actualizado a 20/11/2026 19:20", ["", "updated"]),
        ("14 March 2026", [""]),
    ],
)
def test_words_beside_a_date_say_what_it_is(text: str, labels: list[str]) -> None:
    assert [found.label for found in labelled_moments(text)] == labels


def test_each_date_of_a_line_has_its_own_time_of_day() -> None:
    after = labelled_moments("Published 10 March 2026, 8:30 | Updated 14 March 2026, 9:05")
    before = labelled_moments("8:30, 10 March 2026 | 9:05, 14 March 2026")
    expected = [datetime(2026, 3, 10, 8, 30, tzinfo=UTC), datetime(2026, 3, 14, 9, 5, tzinfo=UTC)]
    assert [found.moment.at for found in after] == expected
    assert [found.moment.at for found in before] == expected


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 75,
        "12.3." * 30,
        "1 March " * 20,
        "2026年3月14日" * 15,
        "𝟏月" * 70,
        "مارس 1 " * 20,
        "a" * 150 + "1",
    ],
)
def test_hostile_lines_are_read_without_an_error(text: str) -> None:
    assert isinstance(labelled_moments(text), list)
