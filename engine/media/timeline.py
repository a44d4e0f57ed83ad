"""Which source time becomes which target time."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from av.container import InputContainer
from av.stream import Stream

from engine.clip import Clip
from engine.media.encoder import MATROSKA, Encoder
from engine.media.frames import FrameIndex

# Audio starts before its film only by the encoder's run-in, within the first packets of the file.
_PACKETS_LOOKED_AT = 200
_MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """How source times map to target times: target = source + shift, for what lies in [begin, end)."""

    shift: Fraction
    """Seconds added to every time stamp."""
    begin: Fraction | None
    """Source seconds at which the range starts; None: everything from the first packet on is wanted."""
    end: Fraction | None
    """Source seconds at which the range ends; None: everything up to the last packet is wanted."""

    def holds(self, seconds: Fraction) -> bool:
        """True when a packet with this source time belongs to the target."""
        return (self.begin is None or seconds >= self.begin) and (self.end is None or seconds < self.end)


def plan_timeline(
    clip: Clip, index: FrameIndex, encoder: Encoder, start: int, stop: int, earliest: Fraction
) -> Timeline:
    """The mapping for frames [start, stop): a part starts at 0, the whole clip keeps its times.

    earliest: source seconds of the first copied packet or frame. Matroska stores no negative time: there the
    whole film moves by whole milliseconds, together, so that sound and picture stay in step.
    """
    if (start, stop) == (0, len(index)):
        late = max(Fraction(0), -earliest) if encoder.container == MATROSKA else Fraction(0)
        return Timeline(shift=ceil(late / _MILLISECOND) * _MILLISECOND, begin=None, end=None)
    begin = int(index.pts[start]) * clip.time_base
    end = (int(index.pts[stop]) if stop < len(index) else _end(index)) * clip.time_base
    return Timeline(shift=-begin, begin=begin, end=end)


def earliest_time(
    clip: Clip, index: FrameIndex, source: InputContainer | None, copied: list[Stream]
) -> Fraction:
    """Source seconds of the first frame or the first packet of the copied streams, whichever is earlier."""
    earliest = int(index.pts[0]) * clip.time_base
    if source is None or not copied:
        return earliest
    for n, packet in enumerate(source.demux(copied)):
        # Opus counts its run-in in its own header, which every container keeps.
        if packet.pts is not None and packet.stream.codec_context.name not in ("opus", "libopus"):
            earliest = min(earliest, packet.pts * packet.time_base)
        if n >= _PACKETS_LOOKED_AT:
            break
    return earliest


def _end(index: FrameIndex) -> int:
    return int(index.pts[-1]) + index.last_duration
