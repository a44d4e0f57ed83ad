"""Interlaced frames become whole ones, as many out as in: bwdif, or the fields of telecined film put together."""

from collections.abc import Iterable, Iterator

from av.error import BlockingIOError as Empty
from av.error import EOFError as Ended
from av.filter import Graph
from av.video.frame import VideoFrame

from engine.clip import Clip, FieldOrder
from engine.media.frames import Cadence, FrameIndex

_PARITY = {FieldOrder.TOP_FIRST: "tff", FieldOrder.BOTTOM_FIRST: "bff", FieldOrder.PROGRESSIVE: "auto"}

# What FFmpeg's fieldmatch takes; telecined film comes from DVDs and tapes, 8 bits deep.
_MATCHABLE = ("yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj422p", "yuvj444p")


def field_order(clip: Clip, index: FrameIndex) -> FieldOrder:
    """Return which field comes first: as measured, else as flagged; PROGRESSIVE where nothing says so."""
    measured = index.fields
    known = measured.cadence in (Cadence.INTERLACED, Cadence.TELECINED)
    return measured.order if known else clip.field_order


def puts_fields_together(clip: Clip, index: FrameIndex) -> bool:
    """True when the clip's fields are film's and can be put together again, instead of interpolated."""
    return index.fields.cadence is Cadence.TELECINED and clip.pixel_format in _MATCHABLE


def whole_frames(frames: Iterable[VideoFrame], clip: Clip, index: FrameIndex) -> Iterator[VideoFrame]:
    """One whole frame per frame, in order.

    A frame needs its neighbours, so the first and last of a range are only right at the ends of the film.
    """
    graph: Graph | None = None
    for frame in frames:
        if graph is None:
            graph = _graph(frame, clip, index)
        graph.vpush(frame)
        yield from _pulled(graph)
    if graph is not None:
        graph.vpush(None)
        yield from _pulled(graph)


def _graph(frame: VideoFrame, clip: Clip, index: FrameIndex) -> Graph:
    order = field_order(clip, index)
    graph = Graph()
    source = graph.add(
        "buffer",
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base={clip.time_base}"
        f":frame_rate={clip.frame_rate}:colorspace={int(frame.colorspace)}:range={int(frame.color_range)}",
    )
    if puts_fields_together(clip, index):
        # Only this frame and the one before are matched, so that no frame depends on where reading began;
        # by luma, because much 4:2:0 chroma was never kept by field.
        parity = "tff" if order is not FieldOrder.BOTTOM_FIRST else "bff"
        whole = graph.add("fieldmatch", f"order={parity}:mode=pc:mchroma=0:combmatch=none")
    else:
        whole = graph.add("bwdif", f"mode=send_frame:parity={_PARITY[order]}:deint=all")
    graph.link_nodes(source, whole, graph.add("buffersink")).configure()
    return graph


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (Empty, Ended):
            return
