"""A training step of STAR at full size on a graphics card.

`FAIL_WITHOUT_CUDA=1 pytest -m gpu -n 0 -o log_cli=true -o log_cli_level=INFO` on this file says seconds and memory.
"""

import logging
import math
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.training.video.config import read_toml, run_of
from engine.training.video.step_cost import make_step
from tests.engine.training.video.tiny_runs import star

logger = logging.getLogger(__name__)
CONFIG = Path(__file__).parents[4] / "engine/training/configs/star_finetune.toml"


def test_a_step_by_itself_learns(tmp_path: Path) -> None:
    step = make_step(star(tmp_path), "cpu")
    torch.manual_seed(0)
    before = step()
    for _ in range(3):
        step()
    torch.manual_seed(0)
    assert step() < before


@pytest.mark.gpu
@pytest.mark.parametrize("recompute", [True, False])
def test_a_step_of_720x1280x32_fits_the_card(recompute: bool) -> None:
    if not torch.cuda.is_available():
        assert os.environ.get("FAIL_WITHOUT_CUDA") != "1", "no CUDA device"
        pytest.skip("no CUDA device")
    tables = read_toml(CONFIG)
    del tables["model"]["start"]
    config = replace(run_of(tables), recompute=recompute)
    step = make_step(config, "cuda")
    step()
    torch.cuda.reset_peak_memory_stats()
    begin = time.perf_counter()
    losses = [step() for _ in range(3)]
    seconds, peak = (time.perf_counter() - begin) / 3, torch.cuda.max_memory_allocated()
    logger.info("recompute %s: %.2f s a step, %.1f GiB at most", recompute, seconds, peak / 2**30)
    assert all(math.isfinite(loss) for loss in losses)
    assert peak < torch.cuda.get_device_properties(0).total_memory
