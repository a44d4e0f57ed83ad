"""`evenstar bench`: what a user waits for, stage by stage, alone and in the pipeline."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import torch

from engine.cancel import CancelToken
from engine.decision import Decision, decide
from engine.events import ignore
from engine.job import Job
from engine.media.frames import FrameBatch
from engine.media.probe import probe
from engine.media.writer import SegmentWriter
from engine.models.slot import slot
from engine.restore import restore
from engine.source import Source, look_at
from engine.stages import StageTimes, decoded_frames, requests_for, restored_frames


def measure_speed(clip: Path | None, device: str, repeats: int) -> dict[str, Any]:
    """Return a table of milliseconds per frame: each stage alone, the stages in the pipeline, the whole.

    clip: None takes the demo clip. The stages alone and the whole run in alternation; medians count.
    """
    source_path = clip or Path(str(resources.files("resources").joinpath("demo", "clip.mp4")))
    with tempfile.TemporaryDirectory(prefix="evenstar-bench-") as folder:
        job = Job(source=source_path, target=Path(folder) / "restored.mkv", device=device, overwrite=True)
        source = look_at(job, probe(job.source), CancelToken())
        decision = decide(job, source)
        rounds = [_one_round(job, source, decision, Path(folder)) for _ in range(repeats)]
    names = ("decode", "network", "encode", "pipeline", "job")
    alone = {n: [r[f"{n} alone"] for r in rounds] for n in names[:3]}
    busy = {n: [r[n] for r in rounds] for n in names}
    per_frame = 1000 / len(source)
    rows = [
        [n, _median(alone.get(n), per_frame), _spread(alone.get(n), per_frame), _median(busy[n], per_frame)]
        for n in names
    ]
    slowest_alone = max(statistics.median(values) for values in alone.values())
    slowest_busy = max(statistics.median(busy[n]) for n in names[:3])
    whole, n_cores = statistics.median(busy["pipeline"]), torch.get_num_threads()
    worked = statistics.median(r["processor"] for r in rounds) / n_cores
    bound = max(slowest_alone, worked)  # cores that are busy all the time cannot be shared any better
    return {
        "title": f"{source.clip.width}x{source.clip.height} to {decision.width}x{decision.height}, "
        f"{len(source)} frames, {decision.spec.id} on {decision.placement.device} "
        f"({decision.placement.dtype}), {decision.encoder.codec.value}, median of {repeats}",
        "columns": ["stage", "alone, ms/frame", "spread", "in the pipeline, ms/frame"],
        "rows": rows,
        "notes": [
            f"whole pipeline / slowest stage in it: {whole / slowest_busy:.3f}",
            f"whole pipeline / slowest stage alone: {whole / slowest_alone:.3f}",
            f"whole pipeline / sum of the stages alone: {whole / _total(alone):.3f}",
            f"processor time in the pipeline, spread over {n_cores} cores: {worked * per_frame:.1f} ms/frame; "
            f"whole pipeline / the longer of this and the slowest stage alone: {whole / bound:.3f}",
            '"job" is all that a user waits for: survey, model, pipeline, joining and verification.',
        ],
        "ratios": {
            "whole_over_slowest_in_pipeline": whole / slowest_busy,
            "whole_over_slowest_alone": whole / slowest_alone,
            "whole_over_bound": whole / bound,
        },
    }


def _one_round(job: Job, source: Source, decision: Decision, folder: Path) -> dict[str, float]:
    """Seconds of every stage alone, then of the stages inside one whole job."""
    run = decision.plan.segments
    decoded, decode = _timed(lambda: decoded_frames(source, decision, run))
    restorer = slot.load(decision.spec, decision.placement)
    requests = requests_for(decision, decision.plan, run, iter(decoded))
    restored, network = _timed(
        lambda: restored_frames(restorer, requests, decision, source, ignore, CancelToken())
    )
    begun = time.perf_counter()
    with SegmentWriter(folder / "alone.nut", decision.encoder) as writer:
        for batch in restored:
            writer.write(batch)
    encode = time.perf_counter() - begun
    times, begun = StageTimes(), time.perf_counter()
    restore(job, times=times)
    return {
        "decode alone": decode,
        "network alone": network,
        "encode alone": encode,
        "decode": times.decode,
        "network": times.network,
        "encode": times.encode,
        "pipeline": times.pipeline,
        "processor": times.processor,
        "job": time.perf_counter() - begun,
    }


def _timed(stage: Callable[[], Iterator[FrameBatch]]) -> tuple[list[FrameBatch], float]:
    begun = time.perf_counter()
    batches = list(stage())
    return batches, time.perf_counter() - begun


def _median(values: list[float] | None, factor: float) -> float | str:
    return "" if values is None else round(statistics.median(values) * factor, 2)


def _spread(values: list[float] | None, factor: float) -> str:
    return "" if values is None else f"{min(values) * factor:.1f} .. {max(values) * factor:.1f}"


def _total(alone: dict[str, list[float]]) -> float:
    return sum(statistics.median(values) for values in alone.values())
