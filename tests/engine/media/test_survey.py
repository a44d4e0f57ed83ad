from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.cancel import Cancelled, CancelToken
from engine.clip import ColorTags
from engine.errors import SourceError
from engine.media.probe import probe
from engine.media.survey import notices, survey
from tests.clips import make_clip, make_images
from tests.engine.media.reading import bar_code, known


def _codes(path: Path) -> list[str]:
    return [notice.code for notice in notices(*known(path))]


def test_a_sound_clip_has_nothing_to_report(plain: Path) -> None:
    clip, index = known(plain)
    assert len(index) == 24
    assert index.last_duration == 512
    assert index.keyframes[0] == 0
    assert len(index.keyframes) >= 2
    assert np.array_equal(index.pts, np.arange(24) * 512)
    assert notices(clip, index) == []


def test_sound_longer_than_the_film_is_no_damage(rich: Path) -> None:
    assert _codes(rich) == []


def test_thumbs_are_every_frame_in_order(plain: Path) -> None:
    thumbs: list[np.ndarray] = []
    survey(probe(plain), thumb=thumbs.append, thumb_width=96, cancel=CancelToken())
    assert [bar_code(thumb) for thumb in thumbs] == list(range(24))
    assert {thumb.shape for thumb in thumbs} == {(64, 96, 3)}


def test_thumbs_of_a_damaged_file_are_one_per_frame_all_from_the_walk_by_one_thread(tmp_path: Path) -> None:
    thumbs: list[np.ndarray] = []
    index = survey(probe(_damaged(tmp_path)), thumb=thumbs.append, restart=thumbs.clear, cancel=CancelToken())
    assert index.n_corrupt + index.n_undecodable > 0
    assert len(thumbs) == len(index)


def test_variable_frame_rate_is_kept(tmp_path: Path) -> None:
    stamps = [0, 500, 1200, 1300, 2500, 4000]
    path = make_clip(tmp_path / "vfr.mp4", pts=stamps, time_base=Fraction(1, 12288))
    clip, index = known(path)
    assert (index.pts * float(clip.time_base) * 12288).round().astype(int).tolist() == stamps


def test_missing_time_stamps_are_invented_and_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "raw.h264")
    clip, index = known(path)
    seconds = index.pts * float(clip.time_base)
    assert np.allclose(np.diff(seconds), 1 / float(clip.frame_rate), atol=float(clip.time_base))
    assert (index.repaired_pts, _codes(path)) == (24, ["no-timestamps"])


def test_cut_off_files_are_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", n_frames=96, options={"g": "12"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "truncated" in _codes(path)


def _damaged(folder: Path) -> Path:
    path = make_clip(folder / "a.ts", n_frames=40, options={"g": "10"})
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 4, len(content) * 3 // 4, 397):
        content[place] ^= 0xFF
    path.write_bytes(content)
    return path


def test_damage_is_counted_and_told(tmp_path: Path) -> None:
    path = _damaged(tmp_path)
    assert {"damaged-frames", "lost-frames"} & set(_codes(path))
    assert known(path)[1].raw_pts == known(path)[1].raw_pts


def test_gaps_of_a_sequence_are_told_and_keep_their_time(tmp_path: Path) -> None:
    pattern = make_images(tmp_path / "s", "f_%04d.png", [5, 6, 9])
    assert known(pattern)[1].pts.tolist() == [0, 1, 4]
    messages = [notice.message for notice in notices(*known(pattern))]
    assert messages == ["files are missing from the sequence: 2, the first is number 7"]


def test_an_unreadable_picture_of_a_sequence_is_told(tmp_path: Path) -> None:
    pattern = make_images(tmp_path / "s", "f_%04d.png", [1, 2, 3])
    (tmp_path / "s" / "f_0002.png").write_bytes(b"no picture")
    assert _codes(pattern) == ["lost-frames"]
    assert known(pattern)[1].pts.tolist() == [0, 2]


def test_flags_of_interlacing_are_counted_and_doubted_where_frames_are_whole(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", interlaced=True)
    assert (known(path)[1].n_interlaced, _codes(path)) == (24, ["wrongly-interlaced"])


def test_thumbs_have_one_size_also_where_the_frames_change_theirs(tmp_path: Path) -> None:
    first, second = make_clip(tmp_path / "a.h264", n_frames=4), make_clip(tmp_path / "b.h264", width=64)
    first.write_bytes(first.read_bytes() + second.read_bytes())
    thumbs: list[np.ndarray] = []
    survey(probe(first), thumb=thumbs.append, thumb_width=96, cancel=CancelToken())
    assert len(thumbs) == 28
    assert {thumb.shape for thumb in thumbs} == {(64, 96, 3)}


def test_a_matrix_that_cannot_be_converted_is_told(plain: Path) -> None:
    clip, index = known(plain)
    odd = replace(clip, color=ColorTags(matrix=14))
    assert [notice.code for notice in notices(odd, index)] == ["unknown-colour"]


def test_cancel_stops_the_walk(plain: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        survey(probe(plain), cancel=token)


def test_a_clip_that_lost_its_file_is_refused(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", n_frames=3)
    clip = probe(path)
    path.unlink()
    with pytest.raises(SourceError, match=r"a\.mp4 can no longer be read"):
        survey(clip, cancel=CancelToken())
