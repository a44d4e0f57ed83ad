"""Evenstar's command line with the models of tests, as workers need it."""

import os
import sys
import time
from dataclasses import replace

from torch import Tensor

from engine.cli import main
from engine.device import Placement
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
    def window(self, request: RestoreRequest, window: Window) -> Tensor:
        time.sleep(0.15)
        return super().window(request, window)


def load(spec: ModelSpec, placement: Placement, weights: str = "") -> ToyRestorer:
    return (SlowToy if spec.id == SLOW.id else ToyRestorer)(spec, placement)


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


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    install_models()
    sys.exit(main(sys.argv[1:]))
