"""What the copied streams of a file hold, packet by packet."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamDigest:
    """One audio stream, summed up."""

    codec: str
    n_packets: int
    sha256: str
    """Over the payloads of its packets, in order."""


def audio_digests(path: Path) -> tuple[StreamDigest, ...]:
    """Return the digest of every audio stream of a file, in order."""
    with av.open(str(path), metadata_errors="replace") as container:
        streams = container.streams.audio
        hashes = {stream.index: hashlib.sha256() for stream in streams}
        counts = dict.fromkeys(hashes, 0)
        # demux() without streams would yield those that have no codec, whose packets cannot be read.
        for packet in container.demux(*streams) if streams else ():
            if packet.size:
                hashes[packet.stream.index].update(bytes(packet))
                counts[packet.stream.index] += 1
        return tuple(
            StreamDigest(
                codec=stream.codec_context.name,
                n_packets=counts[stream.index],
                sha256=hashes[stream.index].hexdigest(),
            )
            for stream in streams
        )


def has_adts_headers(path: Path) -> bool:
    """Return True for transport streams, whose AAC packets lose a header in any other container."""
    with av.open(str(path), metadata_errors="replace") as container:
        return container.format.name == "mpegts"
