"""Interlaced frames become whole ones: bwdif, as many frames out as in."""

from collections.abc import Iterable, Iterator

from av.error import BlockingIOError as Empty
from av.error import EOFError as Ended
from av.filter import Graph
from av.video.frame import VideoFrame

from engine.clip import Clip, FieldOrder

_PARITY = {FieldOrder.TOP_FIRST: "tff", FieldOrder.BOTTOM_FIRST: "bff", FieldOrder.PROGRESSIVE: "auto"}


def deinterlaced(frames: Iterable[VideoFrame], clip: Clip) -> Iterator[VideoFrame]:
    """One deinterlaced frame per frame, in order.

    A frame needs its neighbours, so the first and last of a range are only right at the ends of the film.
    """
    graph: Graph | None = None
    for frame in frames:
        if graph is None:
            graph = _graph(frame, clip)
        graph.vpush(frame)
        yield from _pulled(graph)
    if graph is not None:
        graph.vpush(None)
        yield from _pulled(graph)


def _graph(frame: VideoFrame, clip: Clip) -> Graph:
    graph = Graph()
    source = graph.add(
        "buffer",
        f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base={clip.time_base}"
        f":frame_rate={clip.frame_rate}:colorspace={int(frame.colorspace)}:range={int(frame.color_range)}",
    )
    bwdif = graph.add("bwdif", f"mode=send_frame:parity={_PARITY[clip.field_order]}:deint=all")
    graph.link_nodes(source, bwdif, graph.add("buffersink")).configure()
    return graph


def _pulled(graph: Graph) -> Iterator[VideoFrame]:
    while True:
        try:
            yield graph.vpull()
        except (Empty, Ended):
            return
