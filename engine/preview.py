"""One restored frame with real temporal context, in a form that follows the slider without inference."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.cancel import CancelToken
from engine.decision import decide
from engine.errors import SettingsError
from engine.events import ignore
from engine.job import Job
from engine.media.probe import probe
from engine.models.restorer import LiveRestorer
from engine.models.slot import slot
from engine.resize import fit
from engine.settings import Deinterlace, RestorationSettings
from engine.source import Source, look_at
from engine.stages import decoded_frames, requests_for, restored_frames


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveFrame:
    """A restored frame before the slider."""

    frame: int
    """Absolute index in the source."""
    base: NDArray[np.float32]
    """(H, W, 3) RGB in 0..255, unclamped: the fidelity end, or a finished frame without live beta."""
    detail: NDArray[np.float32] | None
    """(H, W, 3) signed, same scale; None: the slider cannot change this frame."""
    amount: Callable[[float], float]
    """How much detail a beta in [0, 2] adds."""

    def blend(self, beta: float) -> NDArray[np.uint8]:
        """Return the frame at `beta` in [0, 2] as (H, W, 3) uint8 RGB: a few milliseconds, no inference."""
        detail, amount = (self.base, 0.0) if self.detail is None else (self.detail, self.amount(beta))
        blended = cv2.addWeighted(self.base, 1.0, detail, amount, 0.0, dtype=cv2.CV_8U)
        return cast("NDArray[np.uint8]", blended)


def live_frame(job: Job, frame: int, cancel: CancelToken | None = None) -> LiveFrame:
    """Return one frame of the job's source as the job would restore it; its target is not touched.

    Raises what restore() raises before its first segment; SettingsError for a frame the clip does not have.
    """
    cancel = cancel or CancelToken()
    whole = replace(job, first_frame=0, stop_frame=None)
    chosen = job.restoration
    source = _surveyed(job.source, _mtime_ns(job.source), chosen.deinterlace, chosen.tone_map)
    if not 0 <= frame < len(source):
        raise SettingsError(f"there is no frame {frame}: the clip has {len(source)} frames")
    decision = decide(whole, source)
    restorer = slot.load(decision.spec, decision.placement, decision.plan.weights.name)
    segment = next(s for s in decision.plan.segments if s.start <= frame < s.stop)
    # A sampler looks at the frame with its neighbours; a feed-forward network restores this one alone.
    plan = decision.plan if decision.spec.sampling else replace(decision.plan, window=1)
    only = [replace(segment, start=frame, stop=frame + 1)]
    with closing(decoded_frames(source, decision, only)) as decoded:
        requests = requests_for(decision, plan, only, decoded)
        if not decision.spec.live_beta:
            batch = next(restored_frames(restorer, requests, decision, source, ignore, cancel))
            return LiveFrame(
                frame=frame,
                base=batch.pixels[0].astype(np.float32) / np.float32(257),
                detail=None,
                amount=float,
            )
        live = cast("LiveRestorer", restorer)
        heads = live.heads(next(requests), frame, ignore, cancel)
    height, width = decision.height, decision.width
    return LiveFrame(
        frame=frame,
        base=_to_array(fit(heads.base[None], height, width)),
        detail=None if heads.detail is None else _to_array(fit(heads.detail[None], height, width)),
        amount=live.amount,
    )


@lru_cache(maxsize=4)
def _surveyed(path: Path, mtime_ns: int, deinterlace: Deinterlace, tone_map: bool) -> Source:
    """The survey of a source; `mtime_ns` makes a changed file another one."""
    del mtime_ns
    settings = RestorationSettings(deinterlace=deinterlace, tone_map=tone_map)
    job = Job(source=path, target=path, restoration=settings)
    return look_at(job, probe(path), CancelToken())


def _mtime_ns(source: Path) -> int:
    """When the source, or the folder of an image sequence, was last changed."""
    return (source if source.exists() else source.parent).stat().st_mtime_ns


def _to_array(frames: Tensor) -> NDArray[np.float32]:
    return frames[0].permute(1, 2, 0).mul(255.0).contiguous().cpu().numpy()
