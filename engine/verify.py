"""Open the finished film again and check it against the source contract."""

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.cancel import CancelToken
from engine.clip import Clip
from engine.decision import Decision
from engine.errors import VerificationError
from engine.events import Finding, Verified
from engine.job import Job
from engine.likeness import LEAST_PSNR, LookKeeper, first_stray
from engine.media.encoder import IMAGES
from engine.media.expected import Expected, expected
from engine.media.frames import FrameIndex
from engine.media.packets import attachment_digests, chapter_marks, stream_digests
from engine.media.probe import probe
from engine.media.survey import survey
from engine.settings import Codec
from engine.shots import ShotFinder
from engine.source import Source

_COMPARED_WIDTH = 64
"""Sampled frames are compared in colour at this width."""
_ASPECT_SLACK = 0.002
"""Matroska keeps the shape of a pixel as whole numbers of displayed pixels."""
_TIME_SLACK = Fraction(1, 500)
"""Seconds; containers round times of sound, subtitles and chapters to their own clocks, 1 ms at the coarsest."""
_HDR_CARRIERS = (Codec.H265, Codec.AV1)


def verify(film: Path, source: Source, decision: Decision, job: Job, cancel: CancelToken) -> Verified:
    """Return what was checked and found; raises VerificationError with the first promise that is broken."""
    clip = probe(film)
    walk = _Walk(clip, source, cancel)
    findings = [*_picture_findings(clip, walk, source, decision)]
    if not clip.is_sequence:
        promised = expected(
            source.clip, source.index, decision.encoder, source.start, source.stop, job.export
        )
        findings += [*_time_findings(clip, walk.index, source, promised)]
        findings += [*_tag_findings(clip, source.clip, decision)]
        findings += [*_carried_findings(film, promised)]
    psnr = _compare_pictures(source.samples, walk.samples)
    _need_likeness(source, walk)
    findings.append(Finding(name="pictures", found=_likeness(len(source), psnr)))
    return Verified(
        n_frames=len(walk.index),
        psnr=psnr,
        checks=tuple(finding.name for finding in findings),
        findings=tuple(findings),
    )


class _Walk:
    """What decoding the whole film shows."""

    def __init__(self, clip: Clip, source: Source, cancel: CancelToken) -> None:
        self.samples: dict[int, NDArray[np.uint8]] = {}
        self._wanted = source.samples
        self._at = source.start
        keeper = LookKeeper()

        def see(thumb: NDArray[np.uint8]) -> None:
            keeper.see(thumb)
            if self._at in self._wanted:
                self.samples[self._at] = thumb.copy()
            self._at += 1

        self.index = survey(clip, thumb=see, thumb_width=ShotFinder.thumb_width, cancel=cancel)
        self.looks = keeper.looks()


def _picture_findings(clip: Clip, walk: _Walk, source: Source, decision: Decision) -> Iterator[Finding]:
    encoder, index = decision.encoder, walk.index
    _need("the number of damaged frames", index.n_corrupt + index.n_undecodable, 0)
    yield Finding(name="decoding", found="every frame")
    _need("frames", len(index), len(source))
    yield Finding(name="frames", found=str(len(index)))
    _need("size", (clip.width, clip.height), (encoder.width, encoder.height))
    yield Finding(name="size", found=f"{clip.width}x{clip.height}")
    if encoder.container == IMAGES:
        _need("the depth of the pictures", clip.bit_depth, encoder.bit_depth)
        yield Finding(name="depth", found=f"{clip.bit_depth} bit")
    if encoder.has_alpha:
        _need("transparency", clip.has_alpha, True)
        yield Finding(name="transparency", found="kept")


def _time_findings(clip: Clip, index: FrameIndex, source: Source, promised: Expected) -> Iterator[Finding]:
    """Every frame at its source's time, to half a tick of the container's clock; the last as long as it was."""
    pts = source.index.pts[source.start : source.stop]
    wanted = pts * float(source.clip.time_base) + float(promised.timeline.shift)
    found = index.pts * float(clip.time_base)
    tolerance = 0.5 * float(clip.time_base) + 1e-6
    late = np.abs(found - wanted) > tolerance
    if late.any():
        at = int(late.argmax())
        _need(f"time of frame {at}", f"{found[at]:.6f} s", f"{wanted[at]:.6f} s")
    yield Finding(name="timestamps", found=f"{len(found)} within {tolerance * 1000:.3f} ms")
    last = _last_duration(source) * float(source.clip.time_base)
    ends = float(found[-1]) + index.last_duration * float(clip.time_base)
    # Half a frame: no container here says exactly how long its last frame is shown.
    if abs(ends - (float(wanted[-1]) + last)) > max(last / 2, tolerance):
        _need("duration", f"{ends:.3f} s", f"{wanted[-1] + last:.3f} s")
    yield Finding(name="duration", found=f"{ends - float(found[0]):.3f} s")


def _last_duration(source: Source) -> int:
    if source.stop < len(source.index):
        return int(source.index.pts[source.stop] - source.index.pts[source.stop - 1])
    return source.index.last_duration


def _tag_findings(clip: Clip, source: Clip, decision: Decision) -> Iterator[Finding]:
    encoder = decision.encoder
    _need("rotation", clip.rotation, 0)
    yield Finding(name="rotation", found="upright")
    wanted_aspect = float(encoder.sample_aspect_ratio)
    if not decision.aspect_dropped:
        if abs(float(clip.sample_aspect_ratio) / wanted_aspect - 1) > _ASPECT_SLACK:
            _need("pixel shape", clip.sample_aspect_ratio, encoder.sample_aspect_ratio)
        yield Finding(name="pixel shape", found=str(clip.sample_aspect_ratio))
    for name in ("primaries", "transfer", "matrix", "full_range"):
        wanted, found = getattr(encoder.color, name), getattr(clip.color, name)
        if wanted != 2:
            _need(f"colour {name}", found, wanted)
    tags = clip.color
    span = "full" if tags.full_range else "limited"
    yield Finding(name="colour", found=f"{tags.primaries}/{tags.transfer}/{tags.matrix} {span} range (H.273)")
    if source.is_hdr and encoder.codec in _HDR_CARRIERS:
        yield from _hdr_findings(clip, source)


def _hdr_findings(clip: Clip, source: Clip) -> Iterator[Finding]:
    if source.mastering_display is not None:
        wanted, found = _rationals(source.mastering_display), _rationals(clip.mastering_display)
        # Encoders store chromaticities in units of 1/50000 and luminance in units of 1/10000.
        close = found is not None and wanted is not None and np.allclose(found, wanted, rtol=1e-3, atol=1e-4)
        if not close:
            _need("HDR mastering display", found, wanted)
        yield Finding(name="HDR mastering display", found="as in the source")
    if source.content_light is not None:
        peak, average = struct.unpack_from("=II", source.content_light)
        light = struct.unpack_from("=II", clip.content_light) if clip.content_light is not None else None
        _need("HDR content light", light, (peak, average))
        yield Finding(name="HDR content light", found=f"{peak} and {average} cd/m2")


def _rationals(packed: bytes | None) -> list[float] | None:
    """The ten numbers of FFmpeg's mastering display struct (libavutil/mastering_display_metadata.h)."""
    if packed is None or len(packed) < 88:
        return None
    numbers = struct.unpack_from("=20i", packed)
    return [numbers[i] / (numbers[i + 1] or 1) for i in range(0, 20, 2)]


def _carried_findings(film: Path, promised: Expected) -> Iterator[Finding]:
    """Sound, subtitles, attachments and chapters, byte for byte and at their times."""
    # Some containers forget a track that holds nothing; nothing is lost with it.
    found = [stream for stream in stream_digests(film) if stream.n_packets]
    for kind in ("audio", "subtitle"):
        wanted = [stream for stream in promised.streams if stream.kind == kind and stream.n_packets]
        copies = [stream for stream in found if stream.kind == kind]
        _need(f"number of {kind} tracks", len(copies), len(wanted))
        for number, (copy, original) in enumerate(zip(copies, wanted, strict=True), 1):
            track = f"{kind} {number}"
            _need(f"the packets of {track}", copy.sha256[:16], original.sha256[:16])
            shift = promised.timeline.shift
            for copied, at in (
                (copy.first_seconds, original.first_seconds),
                (copy.last_seconds, original.last_seconds),
            ):
                if copied is not None and at is not None and abs(copied - at - shift) > _TIME_SLACK:
                    _need(f"the time of {track}", f"{float(copied):.4f} s", f"{float(at + shift):.4f} s")
            yield Finding(name=track, found=f"{original.codec}, sha256 {copy.sha256[:16]}")
    if promised.attachments:
        hashes = {sha256 for _, sha256 in attachment_digests(film)}
        lost = [name for name, sha256 in promised.attachments if sha256 not in hashes]
        _need("attachments lost", lost, [])
        yield Finding(name="attachments", found=str(len(promised.attachments)))
    if promised.chapters:
        marks = chapter_marks(film)
        _need("number of chapters", len(marks), len(promised.chapters))
        for mark, wanted_mark in zip(marks, promised.chapters, strict=True):
            _need("title of a chapter", mark.title, wanted_mark.title)
            if abs(mark.start - wanted_mark.start) > _TIME_SLACK:
                _need(f"start of chapter {mark.title!r}", float(mark.start), float(wanted_mark.start))
        yield Finding(name="chapters", found=str(len(marks)))


def _need_likeness(source: Source, walk: _Walk) -> None:
    stray = first_stray(source.looks, walk.looks)
    if stray is None:
        return
    at = source.start + stray.frame
    if stray.shown is not None:
        raise VerificationError(f"frame {at} shows frame {source.start + stray.shown} of the source instead")
    raise VerificationError(
        f"frame {at} does not look like its source: {stray.decibel:.1f} dB, need {LEAST_PSNR:.0f}"
    )


def _compare_pictures(
    wanted: dict[int, NDArray[np.uint8]], found: dict[int, NDArray[np.uint8]]
) -> float | None:
    """Mean PSNR of the sampled frames in colour at low resolution; each must resemble its source frame."""
    scores = []
    for at, original in wanted.items():
        score = _psnr(_small(original), _small(found[at]))
        if score < LEAST_PSNR:
            raise VerificationError(
                f"frame {at} does not look like its source: {score:.1f} dB, need {LEAST_PSNR:.0f}"
            )
        scores.append(score)
    return round(float(np.mean(scores)), 2) if scores else None


def _likeness(n_frames: int, psnr: float | None) -> str:
    sampled = "" if psnr is None else f", {psnr:.1f} dB in colour"
    return f"{n_frames} compared{sampled}"


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
