"""A film frame that shows another frame than its own is found, also in slow films; honest films pass."""

from collections.abc import Callable

import numpy as np
import pytest

from engine.likeness import HEIGHT, WIDTH, Looks, Stray, first_stray

N = 80


def looks(speed: float, n: int = N) -> np.ndarray:
    """A soft pattern that moves by `speed` of its length per frame, in levels."""
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    at = np.arange(n)[:, None, None] * speed
    return 120 + 60 * np.sin(x / 3 + at) + 20 * np.cos(y / 2 - at)


def stored(levels: np.ndarray) -> Looks:
    return np.rint(levels * 256).astype(np.uint16)


def restored(levels: np.ndarray) -> np.ndarray:
    """What honest restorations do: a little brighter, with more contrast, a little of the neighbours, and grain."""
    grain = np.random.default_rng(3).normal(0, 0.2, levels.shape)
    neighbours = (np.roll(levels, 1, axis=0) + np.roll(levels, -1, axis=0)) / 2
    neighbours[[0, -1]] = levels[[0, -1]]
    return (0.8 * levels + 0.2 * neighbours) * 1.02 + 2 + grain


def frozen(film: np.ndarray) -> None:
    film[40] = film[39]


def swapped(film: np.ndarray) -> None:
    film[[40, 41]] = film[[41, 40]]


def held(film: np.ndarray) -> None:
    film[40:45] = film[39]


def shifted(film: np.ndarray) -> None:
    film[1:] = film[:-1].copy()


def found(speed: float, damage: Callable[[np.ndarray], None] = lambda film: None) -> Stray | None:
    source = looks(speed)
    film = restored(source)
    damage(film)
    return first_stray(stored(source), stored(film))


@pytest.mark.parametrize("speed", [0.0, 0.005, 0.03, 0.1, 0.4])
def test_an_honest_film_passes(speed: float) -> None:
    assert found(speed) is None


@pytest.mark.parametrize("speed", [0.03, 0.1, 0.4])
@pytest.mark.parametrize("damage", [frozen, swapped, held])
def test_a_frame_that_shows_another_is_found(speed: float, damage: Callable[[np.ndarray], None]) -> None:
    stray = found(speed, damage)
    assert stray is not None
    assert abs(stray.frame - 40) <= 12


def test_a_frame_that_is_held_while_the_picture_fades_is_found() -> None:
    source = looks(0.0) * np.linspace(1, 0.2, N)[:, None, None]
    film = restored(source)
    film[40] = film[39]
    stray = first_stray(stored(source), stored(film))
    assert stray is not None
    assert stray.frame == 40


@pytest.mark.parametrize("speed", [0.015, 0.03, 0.1])
def test_a_film_that_is_late_as_a_whole_is_found(speed: float) -> None:
    """Where no single frame moves enough to say so, a run of frames does."""
    stray = found(speed, shifted)
    assert stray is not None
    assert stray.shown == stray.frame - 1


def test_a_frame_far_into_a_long_film_is_found_at_its_place() -> None:
    source = looks(0.1, 9000)
    film = restored(source)
    film[8500] = film[8499]
    stray = first_stray(stored(source), stored(film))
    assert stray is not None
    assert (stray.frame, stray.shown) == (8500, 8499)


@pytest.mark.parametrize("n_frames", [8, 25, 60])
def test_an_honest_film_that_is_brighter_and_stronger_passes_while_it_fades(n_frames: int) -> None:
    fade = np.clip(1 - np.arange(N) / n_frames, 0, 1)[:, None, None]
    source = looks(0.01) * fade + 16
    assert first_stray(stored(source), stored(restored(source))) is None


def test_a_flash_that_is_taken_away_is_no_stray() -> None:
    source = looks(0.03)
    film = restored(source)
    source[40] += 30
    assert first_stray(stored(source), stored(film)) is None


def test_a_black_frame_is_found() -> None:
    source = looks(0.0)
    film = restored(source)
    film[7] = 0
    stray = first_stray(stored(source), stored(film))
    assert stray is not None
    assert (stray.frame, stray.shown) == (7, None)
