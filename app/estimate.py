"""How long and how large: learned from finished runs on this machine, said before the start."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from app.choice import output_size
from app.preferences import write_json
from engine.clip import Clip
from engine.job import Job
from engine.presets import set_aside
from engine.settings import Codec, ExportSettings

logger = logging.getLogger(__name__)

BITS_PER_PIXEL = {
    Codec.H264: (0.16, 17),
    Codec.H265: (0.10, 18),
    Codec.AV1: (0.08, 20),
    Codec.PRORES: (4.2, None),
    Codec.FFV1: (9.0, None),
    Codec.PNG: (12.0, None),
    Codec.TIFF: (24.0, None),
}
"""Bits per output pixel at the default CRF; rough, from film-like material. Six CRF steps halve the size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a job will take."""

    n_frames: int
    seconds: float | None
    """None until this model ran once on this machine."""
    n_bytes: float
    peak_bytes: int
    """Working memory of the model."""
    peak_is_bound: bool = False
    """The plan will be smaller where the machine has less memory; it is not known before the model runs."""


class Speeds:
    """Seconds per million output pixels by model and device, kept in a small file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, float] = self._read()

    def learn(self, job: Job, pixels: int, seconds: float) -> None:
        """Take a run of so many output pixels into account; newer runs weigh as much as all before."""
        if pixels <= 0 or seconds <= 0:
            return
        per_million = seconds / (pixels / 1e6)
        old = self._known.get(_key(job))
        self._known[_key(job)] = (old + per_million) / 2 if old else per_million
        write_json(self._path, self._known)

    def estimate(self, clip: Clip, job: Job, n_frames: int, peak_bytes: int) -> Estimate:
        """What a job on this clip will take."""
        width, height = output_size(clip, job.restoration)
        known = self._known.get(_key(job))
        million = width * height * n_frames / 1e6
        return Estimate(
            n_frames=n_frames,
            seconds=known * million if known else None,
            n_bytes=million * 1e6 * bits_per_pixel(job.export, clip, height) / 8,
            peak_bytes=peak_bytes,
        )

    def seconds_per_million(self, model: str) -> float | None:
        """Of a model's jobs on this machine, the quickest kind; None before the first one."""
        found = [seconds for key, seconds in self._known.items() if key.split(" ")[0] == model]
        return min(found) if found else None

    def _read(self) -> dict[str, float]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): float(value) for key, value in data.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, AttributeError, RecursionError, OSError) as error:
            logger.warning("the learned speeds %s are damaged: %s", self._path, error)
            if self._path.is_file():
                set_aside(self._path)
            return {}


def bits_per_pixel(export: ExportSettings, clip: Clip, height: int) -> float:
    """Bits of the finished file per output pixel and frame, roughly."""
    codec = export.codec or (Codec.H264 if clip.bit_depth == 8 and height <= 1080 else Codec.H265)
    bits, standard_crf = BITS_PER_PIXEL[codec]
    if export.crf is None or standard_crf is None:
        return bits
    return bits * 2 ** ((standard_crf - export.crf) / 6)


def _key(job: Job) -> str:
    chosen = job.restoration
    ways = " fast" * chosen.fast + " compiled" * chosen.compiled
    return f"{chosen.model} {job.device} {chosen.steps or 0}{ways}"
