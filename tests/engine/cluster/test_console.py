"""What people see of several workers: a bar with a row for each on a terminal, lines elsewhere, JSON for programs."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cluster.console import _Show
from engine.cluster.film import Outcome
from engine.events import Event, Progress, Workers, WorkerState
from engine.job import Job

CREW = Workers(
    workers=(
        WorkerState(name="cuda:0@11", device="cuda:0", segments=("tape.mkv 7",), fps=12.5),
        WorkerState(name="cuda:1@12", device="cuda:1", segments=(), fps=None),
    ),
    in_flight=1,
    films_left=2,
    seconds_left=None,
)
HALF = Progress(
    stage="restore", done_frames=50, total_frames=100, fps=12.5, seconds_left=125.0, finish_time=0.0
)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written to standard error reaches a person, 120 columns wide."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")


def shown(jobs: list[Job], *events: tuple[int, Event] | Outcome, as_json: bool = False) -> None:
    show = _Show(jobs, as_json=as_json, quiet=False)
    with show:
        for event in events:
            if isinstance(event, Outcome):
                show.ended(event)
            else:
                show.hear(*event)


def jobs(n_films: int) -> list[Job]:
    return [Job(source=Path(f"tape{number}.mkv"), target=Path("film.mkv")) for number in range(n_films)]


def read(capsys: pytest.CaptureFixture[str]) -> str:
    """What was written for people, without colours and movements of the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().err)


def test_a_terminal_shows_a_bar_and_a_row_for_each_worker(
    terminal: None, capsys: pytest.CaptureFixture[str]
) -> None:
    shown(jobs(1), (0, HALF), (-1, CREW), (-1, replace(CREW, films_left=1)))
    said = read(capsys)
    assert re.search(r"Restoring .* 50 %  50/100 frames  2 min 05 s left", said)
    assert re.search(r"cuda:0@11 +cuda:0 +tape.mkv 7 +12.5 fps", said)
    assert re.search(r"cuda:1@12 +cuda:1 +idle", said)


def test_the_bar_counts_all_films(terminal: None, capsys: pytest.CaptureFixture[str]) -> None:
    done = Outcome(number=0, path=Path("film.mkv"), seconds=3.0)
    shown(jobs(2), done, (1, HALF), (-1, replace(CREW, seconds_left=3.0)))
    assert re.search(r"Restoring .* 75 %  1 of 2 films  3 s left", read(capsys))


def test_without_a_terminal_there_are_lines(capsys: pytest.CaptureFixture[str]) -> None:
    shown(jobs(1), (0, HALF), (-1, CREW))
    [said] = [" ".join(capsys.readouterr().err.split())]
    assert "tape0.mkv 50/100 | in flight: 1" in said
    assert "cuda:0@11: tape.mkv 7 (12.5 fps); cuda:1@12: idle" in said


def test_programs_get_json_only(terminal: None, capsys: pytest.CaptureFixture[str]) -> None:
    shown(jobs(1), (0, HALF), (-1, CREW), as_json=True)
    said = capsys.readouterr()
    assert said.err == ""
    progress, workers = [json.loads(line) for line in said.out.splitlines()]
    assert (progress["event"], progress["clip"]) == ("progress", 1)
    assert workers["workers"][0] == {
        "name": "cuda:0@11",
        "device": "cuda:0",
        "segments": ["tape.mkv 7"],
        "fps": 12.5,
    }
