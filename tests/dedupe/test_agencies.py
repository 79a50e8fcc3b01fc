from __future__ import annotations

import pytest

from newsbot.dedupe.agencies import agency_named, agency_of

TEXT = "The mayor of Port Lindow has opened the harbour, and promised jobs to the city.\n\n" * 3

HEADS = {
    "LONDON, March 3 (Reuters) - The bank": "Reuters", "Berlin (dpa) – Die Regierung": "dpa", "PARIS (AFP) — Le": "AFP",
    "Berlin/dpa - Die Regierung": "dpa", "AFP – Les députés": "AFP", "MADRID 23 Nov. (EUROPA PRESS) -": "Europa Press",
    "(ANSA) - ROMA, 23 NOV - Il": "ANSA", "KUALA LUMPUR, Nov 23 (Bernama) -- The": "Bernama", "KYIV /Ukrinform/. The": "Ukrinform",
    "МОСКВА, 23 ноября. /ТАСС/. Президент": "TASS", "МОСКВА, 23 ноя - РИА Новости. Президент": "RIA Novosti",
    "القاهرة (رويترز) - قال": "Reuters", "新华社北京11月23日电 国务院": "Xinhua", "【ワシントン共同】米": "Kyodo", "(서울=연합뉴스) 홍길동 기자": "Yonhap",
}  # fmt: skip
ENDS = {
    "Source: AFP": "AFP", "He said so again on Monday. – AFP": "AFP", "(PTI)": "PTI", "Mit Material von dpa": "dpa",
    "dpa/afp": "dpa", "With inputs from ANI": "ANI", "(Reporting by Jon Abe; Editing by Ada Kovac)": "Reuters",
}  # fmt: skip
BYLINES = {
    "Reuters": "Reuters", "By Ada Kovac, AP": "AP", "The Associated Press": "AP", "dpa/AFP": "dpa", "Reuters Staff": "Reuters",
    "Ada Kovac (AFP)": "AFP", "Le Courrier et AFP": "AFP", "Agence France-Presse": "AFP", "Bloomberg News": "Bloomberg",
    "Ada Kovac": None, "Michael Bloomberg": None, "Ani Holt": None, "Sid Holt": None, "Hina Holt": None, "ANI HOLT": None,
}  # fmt: skip
NOT_MEANT = (
    "The Palestinian Authority (PA) said on Monday that it", "According to Reuters, the bank", "The AP: a history of maps",
    "Reuters reported on Monday that", "The TT race was won by", "In the PA, police said",
)  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_dateline_names_the_agency(head: str) -> None:
    assert agency_of([], f"{head} and so on, it went.\n\n{TEXT}") == HEADS[head]


@pytest.mark.parametrize("end", ENDS)
def test_last_line_names_the_agency(end: str) -> None:
    assert agency_of([], TEXT + end) == ENDS[end]


@pytest.mark.parametrize("byline", BYLINES)
def test_byline_names_the_agency_and_no_person_is_one(byline: str) -> None:
    assert agency_of([byline], TEXT) == BYLINES[byline]


@pytest.mark.parametrize("head", NOT_MEANT)
def test_agency_that_is_only_spoken_of_is_not_meant(head: str) -> None:
    assert agency_of([], f"{head} and so on, it went.\n\n{TEXT}") is None
    assert agency_of([], f"{TEXT}{head} and so on, it went.") is None


def test_agency_is_known_by_its_name_in_any_case() -> None:
    assert (agency_named("REUTERS"), agency_named("apnews"), agency_named("harbour-post")) == (
        "Reuters",
        "AP",
        None,
    )
