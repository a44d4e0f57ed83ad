"""Open the finished film again and check it against the source contract."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.clip import Clip
from engine.decision import Decision
from engine.errors import VerificationError
from engine.events import Verified
from engine.job import Job
from engine.media.frames import FrameIndex
from engine.media.mux import target_timeline
from engine.media.packets import audio_digests, has_adts_headers
from engine.media.probe import probe
from engine.media.survey import survey
from engine.shots import ShotFinder
from engine.source import Source

LEAST_PSNR = 18.0
"""Decibel between the small versions of a restored frame and of its source frame: restored frames lie above
25, a black, missing or swapped one below 15."""

_COMPARED_WIDTH = 64
"""Both frames are compared at this width, so that detail, grain and codec noise do not count."""


def verify(film: Path, source: Source, decision: Decision, job: Job, cancel: CancelToken) -> Verified:
    """Return what was checked; raises VerificationError with the first promise that is broken."""
    clip = probe(film)
    index, seen = _survey(clip, source, cancel)
    _need("frames", len(index), len(source))
    _need("size", (clip.width, clip.height), (decision.encoder.width, decision.encoder.height))
    checks = ["frames", "size"]
    if not clip.is_sequence:
        _check_timestamps(clip, index, source, decision, job)
        _need("rotation", clip.rotation, 0)
        _need("pixel shape", clip.sample_aspect_ratio, source.clip.sample_aspect_ratio)
        _check_color(clip, decision)
        checks += ["timestamps", "duration", "rotation", "pixel shape", "colour"]
        if job.export.copy_audio and len(source) == len(source.index):
            _check_audio(film, source.clip.path)
            checks.append("audio")
    psnr = _compare_pictures(source.samples, seen)
    return Verified(n_frames=len(index), psnr=psnr, checks=(*checks, "pictures"))


def _survey(
    clip: Clip, source: Source, cancel: CancelToken
) -> tuple[FrameIndex, dict[int, NDArray[np.uint8]]]:
    """Decode the whole film; keep small versions of the frames that the source kept too."""
    seen: dict[int, NDArray[np.uint8]] = {}
    position = source.start

    def see(thumb: NDArray[np.uint8]) -> None:
        nonlocal position
        if position in source.samples:
            seen[position] = thumb.copy()
        position += 1

    return survey(clip, thumb=see, thumb_width=ShotFinder.thumb_width, cancel=cancel), seen


def _check_timestamps(clip: Clip, index: FrameIndex, source: Source, decision: Decision, job: Job) -> None:
    """Every frame at its source's time, to half a tick of the container's clock."""
    timeline = target_timeline(
        source.clip,
        source.index,
        decision.encoder,
        start=source.start,
        stop=source.stop,
        export=job.export,
    )
    pts = source.index.pts[source.start : source.stop]
    wanted = pts * float(source.clip.time_base) + float(timeline.shift)
    found = index.pts * float(clip.time_base)
    tolerance = 0.5 * float(clip.time_base) + 1e-6
    late = np.abs(found - wanted) > tolerance
    if late.any():
        at = int(late.argmax())
        _need(f"time of frame {at}", f"{found[at]:.6f} s", f"{wanted[at]:.6f} s")


def _check_color(clip: Clip, decision: Decision) -> None:
    wanted, found = decision.encoder.color, clip.color
    for name in ("primaries", "transfer", "matrix", "full_range"):
        if getattr(wanted, name) != 2:
            _need(f"colour {name}", getattr(found, name), getattr(wanted, name))


def _check_audio(film: Path, source: Path) -> None:
    """Every audio packet of the film is one of the source's, bit for bit."""
    originals = audio_digests(source)
    rewrapped = has_adts_headers(source)
    for number, copy in enumerate(audio_digests(film)):
        same = [o for o in originals if (o.codec, o.n_packets) == (copy.codec, copy.n_packets)]
        if not rewrapped:
            same = [o for o in same if o.sha256 == copy.sha256]
        _need(f"packets of audio track {number + 1}", bool(same), True)


def _compare_pictures(
    wanted: dict[int, NDArray[np.uint8]], found: dict[int, NDArray[np.uint8]]
) -> float | None:
    """Mean PSNR of the sampled frames at low resolution; each must resemble its source frame."""
    scores = []
    for at, original in wanted.items():
        score = _psnr(_small(original), _small(found[at]))
        if score < LEAST_PSNR:
            raise VerificationError(
                f"frame {at} does not look like its source: {score:.1f} dB, need {LEAST_PSNR:.0f}"
            )
        scores.append(score)
    return round(float(np.mean(scores)), 2) if scores else None


def _small(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
    height, width = frame.shape[:2]
    size = (_COMPARED_WIDTH, max(round(_COMPARED_WIDTH * height / width), 1))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _psnr(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    rows = min(len(first), len(second))
    error = float(np.mean((first[:rows] - second[:rows]) ** 2))
    return 10 * np.log10(255.0**2 / max(error, 0.01))


def _need(name: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise VerificationError(f"the finished film broke a promise: {name} is {found}, need {wanted}")
