from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.cancel import CancelToken
from engine.clip import FieldOrder
from engine.errors import SettingsError
from engine.job import Job
from engine.media.frames import Cadence
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.telecine import film_index
from engine.settings import Deinterlace, RestorationSettings
from engine.source import Source, look_at
from tests.clips import make_clip, make_fields, motion
from tests.engine.media.reading import known, pixels


def looked_at(path: Path, deinterlace: Deinterlace = Deinterlace.AUTO) -> Source:
    settings = RestorationSettings(deinterlace=deinterlace)
    return look_at(Job(source=path, target=path, restoration=settings), probe(path), CancelToken())


def codes(source: Source) -> list[str]:
    return [notice.code for notice in source.notices]


@pytest.mark.parametrize("bottom_first", [False, True])
def test_interlacing_and_its_order_are_measured_without_flags(tmp_path: Path, bottom_first: bool) -> None:
    path = make_fields(tmp_path / "a.mkv", bottom_first=bottom_first)
    assert probe(path).field_order is FieldOrder.PROGRESSIVE
    source = looked_at(path)
    assert source.index.fields.cadence is Cadence.INTERLACED
    assert source.index.fields.order is (FieldOrder.BOTTOM_FIRST if bottom_first else FieldOrder.TOP_FIRST)
    assert source.deinterlace
    assert codes(source) == ["interlaced", "deinterlaced"]


def test_whole_frames_are_left_whole(tmp_path: Path) -> None:
    source = looked_at(make_clip(tmp_path / "a.mkv"))
    assert source.index.fields.cadence is Cadence.PROGRESSIVE
    assert not source.deinterlace


def test_wrong_flags_do_not_cost_half_the_lines(tmp_path: Path) -> None:
    source = looked_at(make_clip(tmp_path / "a.mkv", interlaced=True))
    assert not source.deinterlace
    assert codes(source) == ["wrongly-interlaced"]


def test_a_wrongly_named_field_order_is_corrected_and_told(tmp_path: Path) -> None:
    """Flags say top field first, the motion says bottom field first."""
    path = make_fields(tmp_path / "a.mkv", bottom_first=True)
    lying = make_clip(tmp_path / "b.mkv", interlaced=True)
    source = looked_at(path)
    assert source.index.fields.order is FieldOrder.BOTTOM_FIRST
    assert probe(lying).field_order is FieldOrder.TOP_FIRST


def test_stills_say_nothing_and_flags_count(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", n_frames=2, interlaced=True)
    source = looked_at(path)
    assert source.index.fields.cadence is Cadence.UNKNOWN
    assert source.deinterlace


def test_interlacing_that_is_kept_is_told(tmp_path: Path) -> None:
    source = looked_at(make_fields(tmp_path / "a.mkv"), Deinterlace.OFF)
    assert not source.deinterlace
    assert "combing-kept" in codes(source)


def test_telecined_film_is_recognised_and_its_fields_are_put_together(tmp_path: Path) -> None:
    path = make_fields(tmp_path / "a.mkv", pulldown=True)
    source = looked_at(path)
    assert source.index.fields.cadence is Cadence.TELECINED
    assert codes(source) == ["telecined", "deinterlaced"]
    with Reader(source.clip, source.index, deep=False, deinterlace=True) as reader:
        frames = pixels(reader, 0, len(source))
    moments = [nearest_moment(frame) for frame in frames[5:30]]
    assert max(abs(at - round(at)) for at in moments) < 0.01


def test_pulldown_is_undone_on_request(tmp_path: Path) -> None:
    path = make_fields(tmp_path / "a.mkv", pulldown=True)
    source = looked_at(path, Deinterlace.FILM)
    assert len(source) == 32
    assert "pulldown-undone" in codes(source)
    seconds = np.diff(source.index.pts) * float(source.clip.time_base)
    assert np.allclose(seconds.mean(), 1001 / 24000, rtol=1e-3)
    with Reader(source.clip, source.index, deep=False, deinterlace=False) as reader:
        frames = pixels(reader, 0, 32)
        again = pixels(reader, 9, 14)
    assert [round(nearest_moment(frame)) for frame in frames] == list(range(32))
    assert np.array_equal(frames[9:14], again)


def test_film_that_is_none_is_refused(tmp_path: Path) -> None:
    clip, index = known(make_clip(tmp_path / "a.mkv"))
    with pytest.raises(SettingsError, match=r"no 3:2 pulldown"):
        film_index(clip, index, True, thumb=lambda thumb: None, thumb_width=32, cancel=CancelToken())


def nearest_moment(frame: np.ndarray) -> float:
    """When motion() looks most like this frame, by its luma: chroma has half the lines."""
    weights = np.array([0.299, 0.587, 0.114])
    moments = np.arange(0, 33, 0.25)
    errors = [np.abs(motion(at) @ weights - frame @ weights).mean() for at in moments]
    return float(moments[int(np.argmin(errors))])


def test_whole_telecined_times_are_strictly_rising(tmp_path: Path) -> None:
    source = looked_at(make_fields(tmp_path / "a.mkv", n_frames=43, pulldown=True), Deinterlace.FILM)
    assert len(source) == 8 * 4 + 3
    assert (np.diff(source.index.pts) > 0).all()
    assert source.clip.frame_rate == Fraction(30000, 1001)
