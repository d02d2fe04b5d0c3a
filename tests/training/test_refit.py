"""Head boxes that are wider than heads are."""

import numpy as np

from kitchenwatch.training.refit import narrowed

HEAD = [1, 0.5, 0.4, 0.4, 0.3]
FACE = [4, 0.45, 0.45, 0.1, 0.15]


def rows(*lines: list[float]) -> np.ndarray:
    return np.array(lines, np.float32)


def test_a_head_of_four_faces_becomes_one_and_a_half_with_the_face_where_it_was_in_it() -> None:
    mended = narrowed(rows(HEAD, FACE))
    np.testing.assert_allclose(mended[0], [1, 0.46875, 0.4, 0.15, 0.3], atol=1e-6)
    np.testing.assert_allclose(mended[1], FACE)


def test_a_head_of_a_believable_width_stays() -> None:
    drawn = rows([1, 0.5, 0.4, 0.15, 0.3], FACE)
    np.testing.assert_allclose(narrowed(drawn), drawn)


def test_a_head_without_a_face_stays() -> None:
    drawn = rows(HEAD, [4, 0.9, 0.9, 0.1, 0.1])
    np.testing.assert_allclose(narrowed(drawn), drawn)
