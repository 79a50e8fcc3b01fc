"""`Slots`: the accounting of requests in flight, without Scrapy."""

from __future__ import annotations

import asyncio

import pytest

from newsbot.spiders.slots import Slots
from tests.crawling import in_reactor


def test_slots_are_counted_by_source() -> None:
    slots = Slots(limit=2)
    slots.take("one")
    slots.take("one")
    slots.take("two")
    assert (slots.in_use("one"), slots.free("one")) == (2, 0)
    assert (slots.in_use("two"), slots.free("two")) == (1, 1)
    assert (slots.in_use("three"), slots.free("three")) == (0, 2)


def test_released_slot_is_free_again() -> None:
    slots = Slots(limit=1)
    slots.release(slots.take("one"))
    assert (slots.in_use("one"), slots.free("one")) == (0, 1)


def test_slot_released_twice_frees_no_other_slot() -> None:
    slots = Slots(limit=2)
    first = slots.take("one")
    slots.take("one")
    slots.release(first)
    slots.release(first)
    assert slots.in_use("one") == 1


def test_releasing_no_slot_changes_nothing() -> None:
    slots = Slots(limit=1)
    slots.take("one")
    slots.release(None)
    slots.release(99)
    assert slots.in_use("one") == 1


def test_more_slots_than_the_limit_leave_none_free() -> None:
    slots = Slots(limit=1)
    slots.take("one")
    slots.take("one")
    assert slots.free("one") == 0


def test_slot_is_released_by_a_block_that_raises() -> None:
    slots = Slots(limit=1)
    with pytest.raises(ZeroDivisionError), slots.releasing(slots.take("one")):
        raise ZeroDivisionError
    assert slots.in_use("one") == 0


@in_reactor
async def test_wait_returns_false_at_once_if_no_slot_is_in_use() -> None:
    assert await Slots(limit=1).wait() is False


@in_reactor
async def test_wait_returns_true_once_for_a_slot_that_was_released_before_the_call() -> None:
    slots = Slots(limit=1)
    slots.release(slots.take("one"))
    assert await slots.wait() is True
    assert await slots.wait() is False


@in_reactor
async def test_wait_ends_when_a_slot_in_use_is_released() -> None:
    slots = Slots(limit=1)
    slot = slots.take("one")
    waiting = asyncio.ensure_future(slots.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    slots.release(slot)
    assert await waiting is True
