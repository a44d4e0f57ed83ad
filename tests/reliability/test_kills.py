"""kill -9 at any moment, resume, the same film; `python -m tests.reliability.kills --kills N` runs any number."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.figures import Count
from tests.reliability.kills import MODELS, STAGES

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1200)]
KILLS = 25
ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("model", MODELS)
def test_a_killed_run_resumes_to_the_same_film(model: str, stage: str, count: Count) -> None:
    """In each of decode, model, encode, mux and rename."""
    command = [sys.executable, "-m", "tests.reliability.kills", "--kills", str(KILLS)]
    command += ["--model", model, "--stage", stage]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    sys.stdout.write(run.stdout)
    assert run.returncode == 0, run.stderr
    assert f"{KILLS} kills survived" in run.stdout
    count("kills", KILLS, f"{stage} of {model}")
