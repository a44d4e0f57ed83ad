"""An open film: its decoded frames in display order, whatever the file is like."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from engine.clip import Clip
from engine.errors import SourceError
from engine.media import sequence

# What PyAV 18 raised on damaged files besides FFmpegError (2,860 mutants of 11 formats).
_STRAY_ERRORS = (AttributeError, IndexError, MemoryError, OSError, UnicodeDecodeError)


def open_container(path: Path) -> InputContainer:
    """The opened container; raises what PyAV raises.

    metadata_errors="replace", because damaged tags would otherwise raise UnicodeDecodeError. Never call
    av.logging.set_level: with any level set, decoder threads wait for the interpreter's lock to log a message
    while the thread that holds it waits for them (PyAV 18; hung every second run of the tests).
    """
    return av.open(str(path), "r", metadata_errors="replace")


def find_film(container: InputContainer) -> VideoStream | None:
    """The first video stream that is a film (a cover picture is not), the default one preferred."""
    films = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    flagged = [s for s in films if s.disposition & Disposition.default]
    return (flagged or films or [None])[0]


class ContainerFrames:
    """Frames of one video stream; survives packets that cannot be decoded, and counts them.

    threaded: decode on all cores. What a damaged frame looks like, and even how many there are, then varies
    from run to run (seen in 100 of 199 mutants); one thread gave the same frames every time.
    """

    def __init__(self, path: Path, stream_index: int, *, threaded: bool) -> None:
        self.n_undecodable = 0
        self._threaded = threaded
        self._path = path
        self._stream_index = stream_index
        self._container, self._stream = self._open()

    def _open(self) -> tuple[InputContainer, VideoStream]:
        container = open_container(self._path)
        streams = container.streams
        stream = streams[self._stream_index] if self._stream_index < len(streams) else None
        if not isinstance(stream, VideoStream):
            container.close()
            raise SourceError(f"{self._path.name} has no film in stream {self._stream_index}")
        if self._threaded:
            stream.thread_type = "AUTO"
        elif stream.codec_context is not None:
            stream.codec_context.thread_count = 1
        return container, stream

    @property
    def stream(self) -> VideoStream:
        """The film's stream."""
        return self._stream

    def frames(self) -> Iterator[VideoFrame]:
        """Frames from where the container stands to its end.

        Decodes packet by packet: container.decode() ends for good at the first damaged packet (PyAV 18).
        """
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (FFmpegError, *_STRAY_ERRORS):
                # The file cannot be read further; survey tells by the missing time.
                self.n_undecodable += 1
                return
            try:
                decoded = packet.decode()
            except (FFmpegError, *_STRAY_ERRORS):
                self.n_undecodable += 1
                continue
            yield from decoded

    def rewind(self) -> None:
        """Go to the first frame, by opening the file again: seeking to 0 misses frames in some containers."""
        self._container.close()
        self._container, self._stream = self._open()

    def seek(self, pts: int) -> None:
        """Go to the last place at or before this time where decoding can start; raises FFmpegError."""
        self._container.seek(pts, stream=self._stream, backward=True, any_frame=False)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class SequenceFrames:
    """Frames of numbered image files; a file's time stamp is its number less the first number."""

    def __init__(self, pattern: Path) -> None:
        self.n_undecodable = 0
        self._files = sequence.list_files(pattern)
        self._first = next(iter(self._files))
        self._from = self._first

    def frames(self) -> Iterator[VideoFrame]:
        """Frames from where the sequence stands to its end."""
        for number, path in self._files.items():
            if number < self._from:
                continue
            frame = _read_image(path)
            if frame is None:
                self.n_undecodable += 1
                continue
            frame.pts = number - self._first
            yield frame

    def rewind(self) -> None:
        """Go to the first frame."""
        self._from = self._first

    def seek(self, pts: int) -> None:
        """Go to the file with this time stamp."""
        self._from = self._first + pts

    def close(self) -> None:
        """Nothing is held open between files."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_frames(clip: Clip, *, threaded: bool = False) -> ContainerFrames | SequenceFrames:
    """The clip's frames, opened; raises SourceError when the file has gone or changed."""
    if clip.is_sequence:
        return SequenceFrames(clip.path)
    try:
        return ContainerFrames(clip.path, clip.video_index, threaded=threaded)
    except (FFmpegError, IndexError, OSError) as error:
        raise SourceError(f"{clip.path.name} can no longer be read") from error


def _read_image(path: Path) -> VideoFrame | None:
    """The first picture in the file, None when it cannot be decoded."""
    try:
        with open_container(path) as container:
            film = container.streams.video[0] if container.streams.video else None
            return next(iter(container.decode(film)), None) if film is not None else None
    except (FFmpegError, OSError, ValueError):
        return None
