"""The nearest of many vectors, and how alike two are."""

from __future__ import annotations

import random

import pytest

from newsbot.embeddings import VECTOR_SIZE, similarity
from newsbot.embeddings.neighbours import Neighbours
from tests.embeddings.made_vectors import vector


def test_similarity_is_that_of_directions() -> None:
    one, other = vector(100, 0), vector(0, 100)
    assert similarity(one, one) == pytest.approx(1)
    assert similarity(one, vector(50, 0)) == pytest.approx(1)
    assert similarity(one, other) == pytest.approx(0)
    assert similarity(one, vector(-100, 0)) == pytest.approx(-1)
    assert similarity(one, vector(100, 100)) == pytest.approx(0.7071, abs=1e-4)
    assert similarity(one, bytes(VECTOR_SIZE)) == 0


def test_the_nearest_come_first_with_their_similarity() -> None:
    neighbours = Neighbours()
    neighbours.put([(7, vector(100, 100)), (3, vector(100, 0)), (9, vector(0, 100))])
    found = neighbours.nearest(vector(90, 0), 2)
    assert [number for number, _ in found] == [3, 7]
    assert [alike for _, alike in found] == pytest.approx([1, 0.7071], abs=1e-4)


def test_all_are_returned_where_there_are_fewer_and_none_where_there_are_none() -> None:
    neighbours = Neighbours()
    assert neighbours.nearest(vector(1, 0), 5) == []
    neighbours.put([(1, vector(1, 0))])
    assert [number for number, _ in neighbours.nearest(vector(1, 0), 5)] == [1]


def test_a_vector_is_replaced_under_its_id() -> None:
    neighbours = Neighbours()
    neighbours.put([(1, vector(100, 0)), (2, vector(0, 100))])
    neighbours.put([(1, vector(0, 99))])
    assert len(neighbours) == 2
    assert dict(neighbours.nearest(vector(100, 0), 2)) == pytest.approx({1: 0, 2: 0})


def test_vectors_of_another_size_are_left_out() -> None:
    neighbours = Neighbours()
    neighbours.put([(1, b"\x01" * 10), (2, vector(1, 0))])
    assert [number for number, _ in neighbours.nearest(vector(1, 0), 5)] == [2]


def test_many_vectors_give_what_one_by_one_gives() -> None:
    chance = random.Random(5)
    made = {
        number: bytes(chance.randrange(-90, 91) % 256 for _ in range(VECTOR_SIZE)) for number in range(3000)
    }
    neighbours = Neighbours()
    neighbours.put(made.items())
    asked = made[1234]
    best = sorted(made, key=lambda number: -similarity(asked, made[number]))[:5]
    found = neighbours.nearest(asked, 60)
    assert [number for number, _ in found[:5]] == best
    assert found[0][1] == pytest.approx(1)
