"""Evenstar's command line with the models of tests, as workers need it, and workers that are odd on purpose.

EVENSTAR_ODD_WEIGHTS: what identifies the toy's weights. EVENSTAR_ODD_MEMORY: bytes it says it has.
EVENSTAR_FULL_DISK: while this file exists, nothing can be written to the disk.
"""

import errno
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor

from engine.cancel import CancelToken
from engine.cli import main
from engine.device import Placement
from engine.errors import DiskFullError
from engine.events import OnEvent, Step
from engine.models.compact.spec import COMPACT
from engine.models.registry import SPECS
from engine.models.restorer import RestoreRequest
from engine.models.spec import ModelSpec
from engine.plan import Window
from tests.reliability.toy import CARRYING, TOY, ToyRestorer, install

SEGMENT_FRAMES = 4
SLOW = replace(TOY, id="toy-slow")
"""Takes its time without computing: what is tested is who does what when."""


class SlowToy(ToyRestorer):
    """Says inside a segment how far it is, as families that sample do, in the thread that computes."""

    def restore(self, request: RestoreRequest, on_event: OnEvent, cancel: CancelToken) -> Iterator[Tensor]:
        segment = request.segment
        for number, frames in enumerate(super().restore(request, on_event, cancel), 1):
            total = -(-(segment.stop - segment.start) // request.plan.window)
            on_event(Step(done=number, total=total, n_frames=segment.stop - segment.start))
            yield frames

    def window(self, request: RestoreRequest, window: Window) -> Tensor:
        time.sleep(0.15)
        return super().window(request, window)


def load(spec: ModelSpec, placement: Placement, weights: str = "") -> ToyRestorer:
    restorer = (SlowToy if spec.id == SLOW.id else ToyRestorer)(spec, placement)
    restorer.weights_sha256 = os.environ.get("EVENSTAR_ODD_WEIGHTS", restorer.weights_sha256)
    return restorer


def models() -> dict[str, ModelSpec]:
    """Short segments, so that there are several."""
    toys = [replace(toy, segment_frames=SEGMENT_FRAMES, window=2) for toy in (TOY, CARRYING, SLOW)]
    compact = replace(COMPACT, segment_frames=SEGMENT_FRAMES, window=2)
    return {spec.id: spec for spec in (compact, *toys)}


def install_models() -> None:
    """Make them known to this process."""
    install()
    sys.modules["engine.models.toy_sampler.restorer"].load = load  # type: ignore[attr-defined]
    SPECS.update(models())


def make_odd() -> None:
    """Make this process what its environment asks for."""
    import engine.device

    if memory := os.environ.get("EVENSTAR_ODD_MEMORY"):
        engine.device.memory_budget = lambda device: int(memory)
    if full := os.environ.get("EVENSTAR_FULL_DISK"):
        fill_disk(Path(full))


def fill_disk(full: Path) -> None:
    """Let every new folder, segment and note of this process fail for want of room while that file exists."""
    from engine import room, store
    from engine.media.writer import SegmentWriter

    free_bytes = room.free_bytes

    def refusing(act: Any) -> Any:
        def acting(*arguments: Any, **options: Any) -> Any:
            if full.exists():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return act(*arguments, **options)

        return acting

    make_folder = store.Shelf.make_folder

    def make_no_folder(shelf: store.Shelf) -> None:
        if full.exists():
            raise DiskFullError(f"the disk of {shelf.folder.parent} is full")
        make_folder(shelf)

    SegmentWriter._store = refusing(SegmentWriter._store)
    store.write_atomically = refusing(store.write_atomically)
    store.Shelf.make_folder = make_no_folder
    room.free_bytes = lambda folder: 0 if full.exists() else free_bytes(folder)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    install_models()
    make_odd()
    sys.exit(main(sys.argv[1:]))
