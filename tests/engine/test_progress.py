from engine.progress import WINDOW_SECONDS, ProgressClock


class Hands:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_rate_is_unknown_at_first() -> None:
    assert ProgressClock(100, now=Hands()).at(1).fps is None


def test_the_rate_follows_the_last_seconds_only() -> None:
    hands = Hands()
    clock = ProgressClock(10_000, now=hands)
    done = 0
    for _ in range(100):  # a slow start: 1 frame a second
        hands.now, done = hands.now + 1, done + 1
        clock.at(done)
    for _ in range(int(WINDOW_SECONDS) + 2):  # then 10 a second
        hands.now, done = hands.now + 1, done + 10
        progress = clock.at(done)
    assert progress.fps is not None
    assert abs(progress.fps - 10) < 0.5
    assert progress.seconds_left is not None
    assert abs(progress.seconds_left - (10_000 - done) / progress.fps) < 1e-6


def test_frames_of_an_earlier_run_are_not_speed() -> None:
    hands = Hands()
    clock = ProgressClock(100, done=90, now=hands)
    for done in (91, 92, 93):
        hands.now += 1
        progress = clock.at(done)
    assert progress.fps == 1.0
    assert progress.seconds_left == 7.0


def test_news_that_comes_seldom_and_in_bursts_is_not_taken_for_speed() -> None:
    """As from several slow workers, which speak at nearly the same moments."""
    hands = Hands()
    clock = ProgressClock(100, now=hands)
    for done in (4, 8, 12):
        hands.now = done * 10.0
        clock.at(done - 1)
        hands.now += 0.5
        progress = clock.at(done)
    assert progress.fps is not None
    assert 0.05 < progress.fps < 0.2
