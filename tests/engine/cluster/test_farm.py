"""A render farm's template: its steps, run as they are written, make the film of one machine."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.cancel import CancelToken
from engine.cluster import farm
from engine.errors import SettingsError, StoreError
from engine.events import ignore
from engine.job import Job
from engine.restore import restore
from engine.settings import RestorationSettings
from engine.store import store_folder
from tests.clips import packet_bytes


def job_of(source: Path, name: str, model: str = "toy") -> Job:
    settings = RestorationSettings(model=model, scale=2)
    return Job(source=source, target=source.parent / name, restoration=settings, device="cpu")


def exported(job: Job, folder: Path) -> dict[str, Any]:
    farm.export([job], folder / "job.yaml", ignore, CancelToken())
    return json.loads((folder / "job.yaml").read_text(encoding="utf-8"))


def arguments(step: dict[str, Any]) -> list[str]:
    return step["script"]["actions"]["onRun"]["args"]


def parts(step: dict[str, Any]) -> list[str]:
    return step["parameterSpace"]["taskParameterDefinitions"][0]["range"]


def run(template: dict[str, Any], *, but: int | None = None) -> None:
    """Every task of the steps in this process, except one of the segments."""
    plan, work, end = template["steps"]
    farm.plan(Path(arguments(plan)[2]), ignore, "cpu")
    for number, part in reversed(list(enumerate(parts(work)))):
        if number != but:
            first, _, last = part.partition("-")
            farm.segments(Path(arguments(work)[1]), int(first), int(last or first), ignore, "cpu")
    farm.finish(Path(arguments(end)[2]), ignore, "cpu")


@pytest.mark.parametrize("model", ["toy", "toy-carrying"])
def test_a_farm_makes_the_film_of_one_machine(source: Path, model: str) -> None:
    alone = restore(job_of(source, "alone.mkv", model))
    run(exported(job_of(source, "film.mkv", model), source.parent))
    film = source.parent / "film.mkv"
    assert packet_bytes(film, "video") == packet_bytes(alone, "video")
    assert not store_folder(film).exists()


def test_segments_that_need_each_other_are_one_task(source: Path) -> None:
    alone = exported(job_of(source, "a.mkv", "toy"), source.parent)
    chained = exported(job_of(source, "b.mkv", "toy-carrying"), source.parent)
    assert len(parts(alone["steps"][1])) > len(parts(chained["steps"][1]))
    assert all("-" in part for part in parts(chained["steps"][1]))


def test_what_a_farm_left_out_is_made_at_the_end(source: Path) -> None:
    alone = restore(job_of(source, "alone.mkv"))
    run(exported(job_of(source, "film.mkv"), source.parent), but=1)
    assert packet_bytes(source.parent / "film.mkv", "video") == packet_bytes(alone, "video")


def test_a_task_that_runs_twice_makes_its_segment_once(source: Path) -> None:
    template = exported(job_of(source, "film.mkv"), source.parent)
    farm.plan(Path(arguments(template["steps"][0])[2]), ignore, "cpu")
    store = store_folder(source.parent / "film.mkv")
    assert farm.segments(store, 0, 0, ignore, "cpu") > 0
    assert farm.segments(store, 0, 0, ignore, "cpu") == 0


def test_a_source_that_has_changed_is_refused(source: Path) -> None:
    template = exported(job_of(source, "film.mkv"), source.parent)
    farm.plan(Path(arguments(template["steps"][0])[2]), ignore, "cpu")
    source.write_bytes(source.read_bytes() + b"\0")
    with pytest.raises(StoreError, match="is not here what it is where the film was planned"):
        farm.segments(store_folder(source.parent / "film.mkv"), 0, 0, ignore, "cpu")


def test_the_template_passes_the_check_of_openjd(source: Path) -> None:
    exported(job_of(source, "film.mkv"), source.parent)
    command = [sys.executable, "-m", "openjd", "check", str(source.parent / "job.yaml")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_folder_without_clips_has_no_template(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        farm.export([], tmp_path / "job.yaml", ignore, CancelToken())
