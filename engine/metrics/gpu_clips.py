"""The embedded model end to end, for the GPU bench: the demo clip at 540 lines, restored as a job."""

from importlib import resources
from pathlib import Path
from typing import Any

from engine.events import Event, Notice
from engine.job import Job
from engine.metrics.gpu_bench import Card
from engine.models.registry import spec_of
from engine.restore import restore
from engine.settings import EncodedBy, ExportSettings, RestorationSettings
from engine.stages import StageTimes

MODEL = "compact"
SCALE = 4.0


def restore_compact(card: Card) -> dict[str, Any]:
    """Frames a second of the whole pipeline and of its stages, packed by the card where its encoder opens.

    The network's time has transfers and conversions in it; the counted work beside it has the network alone.
    """
    sizes, device = card.sizes, card.placement.device
    demo = Path(str(resources.files("resources").joinpath("demo", "clip.mp4")))
    lq, film = card.folder / "lq.mp4", card.folder / "film.mp4"
    smaller = RestorationSettings(short_side=sizes.compact_lq.height)
    common = {"stop_frame": sizes.compact_frames, "device": device, "overwrite": True}
    restore(Job(source=demo, target=lq, restoration=smaller, **common))
    told: list[Event] = []
    job = Job(
        source=lq,
        target=film,
        restoration=RestorationSettings(model=MODEL, scale=SCALE),
        export=ExportSettings(encoder=EncodedBy.NVENC, keep_frames=False),
        **common,
    )
    times = StageTimes()
    restore(job, told.append, times=times)
    rates = {
        f"{stage} fps": sizes.compact_frames / max(seconds, 1e-9)
        for stage, seconds in (
            ("pipeline", times.pipeline),
            ("decode", times.decode),
            ("network", times.network),
            ("encode", times.encode),
        )
    }
    by_processor = any(isinstance(event, Notice) and event.code == "processor-encodes" for event in told)
    packed = {"packed by": "processor" if by_processor else "NVENC"}
    height, width = sizes.compact_lq.height, sizes.compact_lq.width
    work = spec_of(MODEL).flops_per_pixel * height * width * SCALE**2
    # Bytes of a frame at its least: read and written once, in 2-byte numbers.
    least = 2 * 3 * height * width * (1 + SCALE**2)
    return rates | packed | card.roofline(work, least, max(times.network, 1e-9) / sizes.compact_frames)
