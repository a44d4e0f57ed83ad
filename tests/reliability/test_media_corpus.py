"""Every odd file does what its manifest says; EVENSTAR_MEDIA names the folder, EVENSTAR_MEDIA=/.../media.

Small fixtures of the same kinds are synthesised in tests/engine; this looks at the whole collection.
"""

import json
import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.cancel import CancelToken
from engine.errors import EngineError
from engine.events import Event, Notice, Verified
from engine.job import Job
from engine.media.probe import probe
from engine.media.survey import survey
from engine.restore import restore
from engine.settings import Codec, Deinterlace, ExportSettings, RestorationSettings
from tests.reliability.figures import Count
from tests.reliability.toy import TOY

MEDIA = Path(os.environ["EVENSTAR_MEDIA"]) if "EVENSTAR_MEDIA" in os.environ else None
pytestmark = [
    pytest.mark.reliability,
    pytest.mark.timeout(600),
    pytest.mark.skipif(MEDIA is None, reason="EVENSTAR_MEDIA names no folder of odd media"),
]


@dataclass(frozen=True)
class Wanted:
    """What is to happen with one file."""

    refused: str = ""
    """Part of the sentence; empty: it is restored."""
    codes: tuple[str, ...] = ()
    """Notices that must come."""
    absent: tuple[str, ...] = ()
    """Notices that must not come."""
    checks: tuple[str, ...] = ()
    """Findings of the verification that must be there."""
    scale: float = 2.0
    target: str = "film.mkv"
    restoration: dict[str, object] = field(default_factory=dict)
    export: ExportSettings = field(default_factory=lambda: ExportSettings(keep_frames=False))
    n_frames: int | None = None


PRORES = ExportSettings(codec=Codec.PRORES, keep_frames=False)
SOUND = ("audio 1",)
WANTED: dict[str, list[Wanted]] = {
    "good_h264_aac.mp4": [Wanted(target="film.mp4", checks=SOUND, absent=("truncated", "interlaced"))],
    "vfr.mp4": [Wanted(target="film.mp4", checks=("timestamps",)), Wanted()],
    "rotated90.mp4": [Wanted(target="film.mp4", checks=("rotation",)), Wanted(checks=("rotation",))],
    "rotated270.mp4": [Wanted(checks=("rotation",))],
    "odd_dims_444.mp4": [Wanted(scale=1, codes=("padded",)), Wanted(scale=3, codes=("padded",))],
    "odd_dims_ffv1_420.mkv": [Wanted(), Wanted(scale=1, codes=("padded",))],
    "one_frame.mp4": [Wanted(n_frames=1)],
    "zero_frames.mp4": [Wanted(refused="holds no video")],
    "audio_only.m4a": [Wanted(refused="sound only")],
    "audio_with_cover.mp3": [Wanted(refused="sound only")],
    "animated.gif": [Wanted(codes=("alpha-dropped",))],
    "animated.webp": [Wanted(refused="animated WebP")],
    "animated.apng": [Wanted()],
    "interlaced_tff_h264.mp4": [Wanted(codes=("interlaced", "deinterlaced"))],
    "telecined_23.mpg": [
        Wanted(codes=("telecined", "deinterlaced"), n_frames=60),
        Wanted(
            codes=("telecined", "pulldown-undone"), restoration={"deinterlace": Deinterlace.FILM}, n_frames=48
        ),
    ],
    "blobs_progressive_25p.mp4": [Wanted(absent=("interlaced", "deinterlaced", "telecined"))],
    "blobs_interlaced_tff_50i.mp4": [Wanted(codes=("interlaced", "deinterlaced"))],
    "hdr10_pq.mp4": [
        Wanted(target="film.mp4", checks=("colour", "HDR mastering display", "HDR content light")),
        Wanted(checks=("colour", "HDR mastering display", "HDR content light")),
        Wanted(codes=("tone-mapped",), restoration={"tone_map": True}),
    ],
    "fullrange_yuvj.mp4": [Wanted(checks=("colour",))],
    "anamorphic_sar.mp4": [Wanted(scale=1, checks=("pixel shape",))],
    "alpha_qtrle.mov": [
        Wanted(codes=("alpha-dropped",)),
        Wanted(target="film.mov", export=PRORES, checks=("transparency",), absent=("alpha-dropped",)),
    ],
    "multi_track.mkv": [
        Wanted(checks=("audio 1", "audio 2", "subtitle 1", "attachments", "chapters")),
        Wanted(target="film.mp4", codes=("subtitle-dropped", "attachment-dropped"), checks=("chapters",)),
    ],
    "raw_no_container_ts.h264": [Wanted(codes=("no-timestamps",))],
    "packed.avi": [Wanted(target="film.mp4", checks=("timestamps",))],
    "missing_ts.avi": [Wanted(n_frames=48)],
    "duplicate_pts.mkv": [Wanted(codes=("timestamps-repaired",))],
    "resolution_change.h264": [Wanted(codes=("size-changes",))],
    "truncated_70pct_faststart.mp4": [Wanted(codes=("truncated",))],
    "truncated_no_moov.mp4": [Wanted(refused="is incomplete")],
    "bitflip_mdat_200.mp4": [Wanted(codes=("damaged-frames",))],
    "zeroed_hole_8k.mp4": [Wanted(codes=("lost-frames",), n_frames=38)],
    "container_lies_60000x60000.mp4": [Wanted(n_frames=48)],
    "zero_bytes.mp4": [Wanted(refused="is empty")],
    "text_renamed.mp4": [Wanted(refused="not a video file")],
    "random_bytes.mkv": [Wanted(refused="not a video file")],
    "wide_16384x16.mp4": [Wanted(scale=1)],
    "uhd8k_2frames.mp4": [Wanted(scale=0.125)],
    "seq/frame_*.png": [
        Wanted(target="out_%04d.png", codes=("sequence-gaps",), n_frames=9),
        Wanted(codes=("sequence-gaps",), n_frames=9),
    ],
    "seq/deep_*.png": [Wanted(target="out_%03d.png", checks=("depth",)), Wanted()],
}
PATTERNS = {"seq/frame_*.png": "seq/frame_%04d.png", "seq/deep_*.png": "seq/deep_%03d.png"}
CASES = [(name, place) for name, wishes in WANTED.items() for place in range(len(wishes))]


def test_every_file_of_the_manifest_is_looked_at() -> None:
    assert MEDIA is not None
    manifest = json.loads((MEDIA / "manifest.json").read_text())
    assert {entry["file"] for entry in manifest} == set(WANTED)


@pytest.mark.parametrize(("name", "place"), CASES)
def test_an_odd_file_does_what_its_manifest_says(tmp_path: Path, name: str, place: int, count: Count) -> None:
    assert MEDIA is not None
    wanted = WANTED[name][place]
    settings = RestorationSettings(model=TOY.id, scale=wanted.scale, **wanted.restoration)  # type: ignore[arg-type]
    target = tmp_path / wanted.target
    job = Job(
        source=MEDIA / PATTERNS.get(name, name),
        target=target,
        restoration=settings,
        export=wanted.export,
        device="cpu",
    )
    events: list[Event] = []
    if wanted.refused:
        with pytest.raises(EngineError, match=wanted.refused):
            restore(job, events.append)
        assert list(tmp_path.iterdir()) == []
        count("media", part="refused")
        return
    restore(job, events.append)
    codes = {event.code for event in events if isinstance(event, Notice)}
    report = next(event for event in events if isinstance(event, Verified))
    assert set(wanted.codes) <= codes
    assert not set(wanted.absent) & codes
    assert set(wanted.checks) <= set(report.checks)
    if wanted.n_frames is not None:
        assert report.n_frames == wanted.n_frames
    _check_times(job, target)
    count("media", part="restored")


def _check_times(job: Job, target: Path) -> None:
    """Gaps of a sequence are gaps in time; other films are checked by the verification."""
    clip = probe(target)
    if clip.is_sequence or not job.source.name.endswith(".png"):
        return
    index = survey(clip, cancel=CancelToken())
    numbers = np.array([float(int(stamp) * clip.time_base * Fraction(25)) for stamp in index.pts])
    assert np.allclose(numbers, np.rint(numbers), atol=0.03)
