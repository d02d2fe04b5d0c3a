"""Many pictures looked at at a time."""

import threading

import pytest

from kitchenwatch.training.side_by_side import side_by_side

PATIENCE_S = 30


def test_so_many_work_at_once_and_answers_keep_their_order() -> None:
    both = threading.Barrier(2, timeout=PATIENCE_S)

    def work(number: int) -> int:
        both.wait()  # breaks, unless another is here at the same time
        return number * number

    assert list(side_by_side(work, range(6), 2)) == [0, 1, 4, 9, 16, 25]


def test_what_fails_is_told_in_its_turn_and_the_rest_is_left() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise ValueError("picture 2")
        return number

    made = side_by_side(work, range(10_000), 1)
    assert [next(made), next(made)] == [0, 1]
    with pytest.raises(ValueError, match="picture 2"):
        next(made)
    assert len(begun) < 10_000


def test_nobody_asks_on_and_nothing_is_begun_any_more() -> None:
    first, go_on = threading.Event(), threading.Event()
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 1:
            first.set()
            go_on.wait(PATIENCE_S)
        return number

    made = side_by_side(work, range(10_000), 1)
    assert next(made) == 0
    assert first.wait(PATIENCE_S)
    threading.Timer(0.2, go_on.set).start()
    made.close()
    assert len(begun) < 10_000
