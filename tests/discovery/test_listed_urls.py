from newsbot.discovery.links import Link
from newsbot.discovery.listed_urls import added, url_set


def links(*numbers: int) -> list[Link]:
    return [Link(url=f"https://news.example/{number}") for number in numbers]


def test_only_what_was_not_listed_before_is_added_in_the_order_of_the_document() -> None:
    known = url_set(links(*range(5_000)))
    assert len(known) == 8 * 5_000
    assert added(links(3, 9_000, 4_999, 7_000), known) == links(9_000, 7_000)


def test_a_stored_set_that_was_cut_off_loses_no_more_than_its_end() -> None:
    assert len(added(links(1, 2, 3), url_set(links(1, 2, 3))[:-3])) == 1
