"""The embedded model end to end, for the GPU bench: the demo clip at 540 lines, restored as a job."""

from importlib import resources
from pathlib import Path
from typing import Any

from engine.job import Job
from engine.media.encoders import opens
from engine.metrics.gpu_bench import Card
from engine.restore import restore
from engine.settings import RestorationSettings
from engine.stages import StageTimes

NVENC = "h264_nvenc"


def restore_compact(card: Card) -> dict[str, Any]:
    """Frames a second of the whole pipeline and of its stages, and whether NVENC opens here.

    The program encodes on the processor: where the encoder is the slowest stage, "network fps" is what NVENC would
    have to keep up with.
    """
    sizes, device = card.sizes, card.placement.device
    demo = Path(str(resources.files("resources").joinpath("demo", "clip.mp4")))
    lq, film = card.folder / "lq.mp4", card.folder / "film.mp4"
    smaller = RestorationSettings(short_side=sizes.compact_lq.height)
    common = {"stop_frame": sizes.compact_frames, "device": device, "overwrite": True}
    restore(Job(source=demo, target=lq, restoration=smaller, **common))
    times = StageTimes()
    restore(Job(source=lq, target=film, restoration=RestorationSettings(scale=4.0), **common), times=times)
    rates = {
        f"{stage} fps": sizes.compact_frames / max(seconds, 1e-9)
        for stage, seconds in (
            ("pipeline", times.pipeline),
            ("decode", times.decode),
            ("network", times.network),
            ("encode", times.encode),
        )
    }
    return rates | {f"{NVENC} opens": opens(NVENC)}
