"""Which encoders really work on this machine; being in FFmpeg's list means nothing."""

from fractions import Fraction

import av
from av.error import FFmpegError
from av.video.frame import VideoFrame

from engine.media.encoder import ENCODER_NAMES

_HARDWARE = tuple(
    f"{codec}_{kind}"
    for kind in ("nvenc", "qsv", "amf", "videotoolbox", "vaapi")
    for codec in ("h264", "hevc", "av1")
)


def opens(encoder_name: str) -> bool:
    """True when this encoder opens and encodes one frame.

    Hardware encoders without their device raise PermissionError (nvenc), UnknownError (qsv, amf) or
    ArgumentError, all of them FFmpegError; a name that FFmpeg does not have raises ValueError.
    """
    try:
        context = av.CodecContext.create(encoder_name, "w")
        if not isinstance(context, av.VideoCodecContext):
            return False
        formats = [found.name for found in context.codec.video_formats or []]
        context.width, context.height = 256, 144
        context.pix_fmt = "yuv420p" if "yuv420p" in formats else formats[0] if formats else "yuv420p"
        context.time_base, context.framerate = Fraction(1, 25), Fraction(25)
        context.options = {"x265-params": "log-level=none"} if encoder_name == "libx265" else {}
        frame = VideoFrame(256, 144, "yuv420p").reformat(format=context.pix_fmt)
        frame.pts = 0
        return bool([*context.encode(frame), *context.encode(None)])
    except (FFmpegError, ValueError, OSError):
        return False


def working_encoders() -> dict[str, bool]:
    """Encoder name -> whether it works, for the ones this program writes with and the hardware ones."""
    return {name: opens(name) for name in (*ENCODER_NAMES.values(), *_HARDWARE)}


def library_versions() -> dict[str, str]:
    """Versions of PyAV and of FFmpeg's libraries in it."""
    libraries = {name: ".".join(map(str, found)) for name, found in av.library_versions.items()}
    return {"PyAV": av.__version__, "FFmpeg": av.ffmpeg_version_info, **libraries}
