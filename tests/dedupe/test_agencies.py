from __future__ import annotations

import pytest

from newsbot.dedupe.agencies import agency_named, agency_of, spellings

TEXT = "The mayor of Port Lindow has opened the harbour, and promised jobs to the city.\n\n" * 3

DATELINES = {
    "ar": [("القاهرة (رويترز) - قال", "Reuters"), ("الرياض (واس) - افتتح", "SPA")],
    "be": [("Мінск /БЕЛТА/. Прэзідэнт", "BelTA")],
    "bg": [("София, 23 ноември (БТА) - Кметът", "BTA")],
    "bn": [("ঢাকা (বাসস) - মেয়র", "BSS")],
    "de": [
        ("Berlin (Deutsche Presse-Agentur) – Die Regierung", "dpa"),
        ("Berlin/dpa - Die Regierung", "dpa"),
    ],
    "el": [("ΑΘΗΝΑ (ΑΠΕ-ΜΠΕ) - Ο δήμαρχος", "ANA-MPA")],
    "en": [
        ("LONDON, March 3 (Associated Press) - The bank", "AP"),
        ("ABUJA (News Agency of Nigeria) - The", "NAN"),
    ],
    "es": [("MADRID 23 Nov. (Agencia EFE) -", "EFE")],
    "fa": [("تهران (ایرنا) - شهردار", "IRNA")],
    "fi": [("Helsinki (Suomen Tietotoimisto) – Pormestari", "STT")],
    "fr": [("PARIS (Agence France-Presse) — Le", "AFP")],
    "he": [("ירושלים (רויטרס) - ראש", "Reuters")],
    "hi": [("नयी दिल्ली (भाषा) - मेयर", "PTI")],
    "ja": [("【ワシントン共同】米", "Kyodo"), ("【時事】市長", "Jiji")],
    "ko": [("(서울=연합뉴스) 홍길동 기자", "Yonhap")],
    "pl": [("Warszawa (Polska Agencja Prasowa) - Burmistrz", "PAP")],
    "pt": [("LISBOA (Agência Lusa) - O presidente", "Lusa")],
    "ru": [
        ("МОСКВА, 23 ноября. /ТАСС/. Президент", "TASS"),
        ("МОСКВА, 23 ноя - РИА Новости. Президент", "RIA Novosti"),
    ],
    "sr": [("БЕОГРАД (Танјуг) - Градоначелник", "Tanjug")],
    "sv": [("STOCKHOLM (TT Nyhetsbyrån) – Borgmästaren", "TT")],
    "tr": [("ANKARA (Anadolu Ajansı) - Belediye", "Anadolu")],
    "uk": [("КИЇВ /Укрінформ/. Мер", "Ukrinform")],
    "vi": [("Hà Nội (TTXVN) - Thị trưởng", "VNA")],
    "zh": [("新华社北京11月23日电 国务院", "Xinhua"), ("（中央社）市長", "CNA")],
    "*": [
        ("LONDON, March 3 (Reuters) - The bank", "Reuters"),
        ("Berlin (dpa) – Die Regierung", "dpa"),
        ("AFP – Les députés", "AFP"),
        ("MADRID 23 Nov. (EUROPA PRESS) -", "Europa Press"),
        ("(ANSA) - ROMA, 23 NOV - Il", "ANSA"),
        ("KUALA LUMPUR, Nov 23 (Bernama) -- The", "Bernama"),
        ("KYIV /Ukrinform/. The", "Ukrinform"),
    ],
}
CREDITS = {
    "Source: AFP": "AFP",
    "He said so again on Monday. – AFP": "AFP",
    "(PTI)": "PTI",
    "Mit Material von dpa": "dpa",
    "dpa/afp": "dpa",
    "With inputs from ANI": "ANI",
    "(Reporting by Jon Abe; Editing by Ada Kovac)": "Reuters",
}
BYLINES = {
    "Reuters": "Reuters",
    "By Ada Kovac, AP": "AP",
    "The Associated Press": "AP",
    "Von Ada Kovac mit dpa": "dpa",
    "dpa/AFP": "dpa",
    "Reuters Staff": "Reuters",
    "Ada Kovac (AFP)": "AFP",
    "Le Courrier et AFP": "AFP",
    "Agence France-Presse": "AFP",
    "Bloomberg News": "Bloomberg",
    "Ada Kovac": None,
    "Michael Bloomberg": None,
    "Ani Holt": None,
    "Sid Holt": None,
    "Hina Holt": None,
    "ANI HOLT": None,
}
NO_CREDIT = (
    "The Palestinian Authority (PA) said on Monday that it",
    "According to Reuters, the bank",
    "The AP: a history of maps",
    "Reuters reported on Monday that",
    "The TT race was won by",
    "In the PA, police said",
)


@pytest.mark.parametrize("language", sorted({spelling.language for spelling in spellings()}))
def test_dateline_names_the_agency(language: str) -> None:
    for dateline, agency in DATELINES[language]:
        assert agency_of([], f"{dateline} and so on, it went.\n\n{TEXT}") == agency


@pytest.mark.parametrize("language", sorted({spelling.language for spelling in spellings()}))
def test_every_spelling_in_a_dateline_names_its_agency(language: str) -> None:
    listed = [spelling for spelling in spellings() if spelling.language == language]
    found = {spelling.text: agency_of([], f"Lindow ({spelling.text}) - The mayor.") for spelling in listed}
    assert found == {spelling.text: spelling.label for spelling in listed}


@pytest.mark.parametrize("credit", CREDITS)
def test_last_line_names_the_agency(credit: str) -> None:
    assert agency_of([], TEXT + credit) == CREDITS[credit]


@pytest.mark.parametrize("byline", BYLINES)
def test_byline_names_the_agency_and_a_person_is_no_agency(byline: str) -> None:
    assert agency_of([byline], TEXT) == BYLINES[byline]


@pytest.mark.parametrize("mention", NO_CREDIT)
def test_agency_that_the_text_is_about_is_not_credited(mention: str) -> None:
    assert agency_of([], f"{mention} and so on, it went.\n\n{TEXT}") is None
    assert agency_of([], f"{TEXT}{mention} and so on, it went.") is None


def test_agency_is_found_by_its_name_in_any_case() -> None:
    names = ["REUTERS", "apnews", "harbour-post"]
    assert [agency_named(name) for name in names] == ["Reuters", "AP", None]
