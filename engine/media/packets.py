"""What the copied streams of a file hold: packets, chapters and attachments, summed up for comparison."""

from __future__ import annotations  # av's Packet is generic in its stub only

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import AttachmentStream, Disposition, Stream

from engine.media.copied_times import MendedTimes
from engine.media.source import open_container

Holds = Callable[[Fraction], bool]
"""Whether a packet with this time in seconds belongs to what is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDigest:
    """One stream, summed up."""

    kind: str
    """audio or subtitle."""
    codec: str
    n_packets: int
    sha256: str
    """Over the payloads of its packets, in order; some containers join and split packets of raw sound."""
    first_seconds: Fraction | None
    """Time of its first packet; None where it has no packet with a time."""
    last_seconds: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterMark:
    """One chapter."""

    title: str
    start: Fraction
    """Seconds."""
    end: Fraction


def stream_digests(
    path: Path,
    indices: Collection[int] | None = None,
    holds: Holds | None = None,
    mended: MendedTimes | None = None,
) -> tuple[StreamDigest, ...]:
    """Return the digests of a file's sound and subtitle streams, or of those with these indices, in order.

    mended: times that replace those of whole streams.
    """
    better = {index: iter(times) for index, times in (mended or {}).items()}
    with open_container(path) as container:
        streams = [s for s in container.streams if s.type in ("audio", "subtitle")]
        if indices is not None:
            streams = [stream for stream in streams if stream.index in indices]
        sums = {stream.index: _Sum() for stream in streams}
        # demux() without streams would yield those that have no codec, whose packets cannot be read.
        for packet in container.demux(*streams) if streams else ():
            at = packet.pts if packet.pts is not None else packet.dts
            if packet.size == 0 or at is None:
                continue
            if packet.stream.index in better:
                at = next(better[packet.stream.index])
            seconds = at * packet.time_base
            if (holds is None or holds(seconds)) and not is_headless(container, packet):
                sums[packet.stream.index].add(bytes(packet), seconds)
        return tuple(
            sums[stream.index].digest(stream.type, stream.codec_context.codec.canonical_name)
            for stream in streams
        )


def attachment_digests(path: Path) -> tuple[tuple[str, str], ...]:
    """Return (name, sha256) of every attachment of a file, a cover picture being one of them, sorted."""
    with open_container(path) as container:
        return tuple(sorted(_attachments(container, path)))


def chapter_marks(path: Path) -> tuple[ChapterMark, ...]:
    """Return the chapters of a file, in order."""
    with open_container(path) as container:
        marks = []
        for chapter in container.chapters():
            unit = chapter["time_base"] or Fraction(1, av.time_base)
            title = chapter["metadata"].get("title", "")
            marks.append(ChapterMark(title=title, start=chapter["start"] * unit, end=chapter["end"] * unit))
        return tuple(marks)


class _Sum:
    """A stream's payload while it is read."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._count = 0
        self._first: Fraction | None = None
        self._last: Fraction | None = None

    def add(self, payload: bytes, seconds: Fraction) -> None:
        self._hash.update(_without_adts(payload))
        self._count += 1
        self._first = seconds if self._first is None else min(self._first, seconds)
        self._last = seconds if self._last is None else max(self._last, seconds)

    def digest(self, kind: str, codec: str) -> StreamDigest:
        return StreamDigest(
            kind=kind,
            codec=codec,
            n_packets=self._count,
            sha256=self._hash.hexdigest(),
            first_seconds=self._first,
            last_seconds=self._last,
        )


def is_headless(container: InputContainer, packet: Packet[Stream]) -> bool:
    """True for AAC of a transport stream that lost its header to damage: no other container can hold it."""
    if container.format.name != "mpegts" or packet.stream.codec_context.name != "aac":
        return False
    payload = bytes(packet)
    return _without_adts(payload) is payload


def _without_adts(payload: bytes) -> bytes:
    """AAC of transport streams without the header that other containers keep once for all packets.

    ISO/IEC 13818-7: twelve ones, layer 00, a length in bits 30 to 42 that must be the packet's; the header
    is 7 bytes long, and 9 when a checksum follows.
    """
    if len(payload) < 9 or payload[0] != 0xFF or payload[1] & 0xF6 != 0xF0:
        return payload
    length = (payload[3] & 3) << 11 | payload[4] << 3 | payload[5] >> 5
    if length != len(payload):
        return payload
    return payload[7 if payload[1] & 1 else 9 :]


def _attachments(container: InputContainer, path: Path) -> Iterator[tuple[str, str]]:
    for stream in container.streams:
        if isinstance(stream, AttachmentStream):
            yield stream.metadata.get("filename", ""), hashlib.sha256(stream.data or b"").hexdigest()
        elif stream.type == "video" and bool(stream.disposition & Disposition.attached_pic):
            with open_container(path) as again:
                packets = again.demux(again.streams[stream.index])
                picture = next((bytes(packet) for packet in packets if packet.size), b"")
            yield stream.metadata.get("filename", ""), hashlib.sha256(picture).hexdigest()
