"""Cancel and pause at any moment leave no thread, no partial target and no orphan."""

import random
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from engine.cancel import Cancelled, CancelToken
from engine.restore import restore
from engine.store import discard
from tests.reliability.figures import Count
from tests.reliability.films import LOSSLESS, frames_of, leftovers, toy_job

pytestmark = pytest.mark.reliability
MOMENTS = 40


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_cancel_at_any_moment_leaves_only_finished_segments(source: Path, count: Count) -> None:
    whole = frames_of(restore(toy_job(source, "whole.mkv", export=LOSSLESS)))
    begun = time.monotonic()
    restore(toy_job(source, export=LOSSLESS, overwrite=True))
    usual, before = time.monotonic() - begun, threads()
    (source.parent / "film.mkv").unlink()
    dice, stopped = random.Random(5), 0
    for _ in range(MOMENTS):
        cancel = CancelToken()
        timer = threading.Timer(dice.uniform(0, usual), cancel.cancel)
        timer.start()
        try:
            restore(toy_job(source, export=LOSSLESS), cancel=cancel)
            (source.parent / "film.mkv").unlink()
        except Cancelled:
            stopped += 1
            assert not (source.parent / "film.mkv").exists()
        timer.cancel()
        timer.join()
        assert threads() == before
        rest = leftovers(source.parent, "source.mp4", "whole.mkv")
        assert not [name for name in rest if name.endswith(".part")]
        if dice.random() < 0.5:
            discard(source.parent / "film.mkv")
            assert leftovers(source.parent, "source.mp4", "whole.mkv") == []
    assert stopped >= MOMENTS // 4
    assert np.array_equal(frames_of(restore(toy_job(source, export=LOSSLESS))), whole)
    count("cancels", stopped)


def test_pause_at_any_moment_changes_nothing(source: Path) -> None:
    whole = frames_of(restore(toy_job(source, "whole.mkv", export=LOSSLESS)))
    cancel, dice, done = CancelToken(), random.Random(7), threading.Event()

    def pester() -> None:
        while not done.wait(dice.uniform(0, 0.05)):
            cancel.pause()
            time.sleep(dice.uniform(0, 0.05))
            cancel.resume()

    pest = threading.Thread(target=pester)
    pest.start()
    try:
        film = restore(toy_job(source, export=LOSSLESS), cancel=cancel)
    finally:
        done.set()
        pest.join()
    assert np.array_equal(frames_of(film), whole)
    assert leftovers(source.parent, "source.mp4", "whole.mkv") == ["film.mkv"]
