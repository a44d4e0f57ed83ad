"""`evenstar train --on FOLDER`: events become lines, Ctrl-C and a file of wishes become wishes."""

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import cast, get_args

from engine.cancel import CancelToken
from engine.console import Console, duration, interrupts, print_table
from engine.errors import EngineError, SettingsError
from engine.events import Notice
from engine.exits import EXIT_CANCELLED, exit_code
from engine.metrics.adapted import report_table
from engine.training.adapt.adapt import (
    AdaptEvent,
    AdaptTask,
    Discarded,
    Divided,
    Learned,
    Outcome,
    Sampled,
    Stopped,
    Stride,
    Wish,
    adapt,
)

DOING = {"look": "Looking at clips", "cut": "Cutting crops", "measure": "Measuring"}
_BELOW_NORMAL = 0x4000
"""BELOW_NORMAL_PRIORITY_CLASS of the Windows API."""
GO_ON = "stopped; what was learned is kept: run the same command to go on, or with fewer --minutes to finish with it"


def run_adaptation(task: AdaptTask, console: Console, *, as_json: bool, wishes: Path | None) -> int:
    """Adapt, speaking through `console`; gives the exit code.

    wishes: a file that another program writes "finish", "stop" or "discard" to; it is deleted when it was read.
    """
    if wishes is not None:
        _give_way()
    cancel = CancelToken()
    try:
        with interrupts(cancel):
            outcome = adapt(task, _teller(console), _wish(cancel, wishes))
    except Stopped:
        console.object("stopped", {})
        console.say(GO_ON)
        return EXIT_CANCELLED
    except Discarded:
        console.object("discarded", {})
        console.say("everything that was learned was thrown away")
        return EXIT_CANCELLED
    except EngineError as error:
        console.failed(error)
        return exit_code(error)
    console.object("outcome", {**asdict(outcome), "picture": str(outcome.picture)})
    if not as_json:
        print_table(report_table(f"{outcome.title} ({outcome.model})", outcome.measured), as_json=False)
        console.say(_last_line(outcome))
    return 0


def _give_way() -> None:
    """Whoever has wishes sits at this computer: the window and jobs come first."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.nice(10)


def _last_line(outcome: Outcome) -> str:
    if outcome.kept:
        return f"In the list of models: evenstar upscale CLIP --model {outcome.model}"
    return "It was not added to the list of models: run the same command with --keep-worse to add it all the same"


def _teller(console: Console) -> Callable[[AdaptEvent], None]:
    def tell(event: AdaptEvent) -> None:
        if isinstance(event, Notice):
            console.on_event(event)
        elif isinstance(event, Stride):
            console.object("stride", asdict(event))
            if event.done in (1, event.total):
                console.say(f"{DOING[event.phase]}: {event.done} of {event.total}")
        elif isinstance(event, Divided):
            console.object("divided", asdict(event))
            how = "whole shots" if event.by == "shots" else "the end of every shot, after a gap"
            console.say(
                f"{event.n_clips} clips: {event.n_training} pieces to learn from, "
                f"{event.n_held_back} held back to measure on ({how})"
            )
        elif isinstance(event, Learned):
            console.object("learned", asdict(event))
            console.say(
                f"{event.stage}: step {event.steps}, loss {event.loss:.5f}, {100 * event.share:.0f} %, "
                f"{duration(event.seconds_left)} left"
            )
        elif isinstance(event, Sampled):
            console.object("sampled", {"path": str(event.path), "steps": event.steps})

    return tell


def _wish(cancel: CancelToken, wishes: Path | None) -> Callable[[], Wish]:
    def wish() -> Wish:
        if cancel.cancelled:
            return "stop"
        if wishes is None or not wishes.is_file():
            return ""
        text = wishes.read_text(encoding="utf-8").strip()
        if text not in get_args(Wish):
            raise SettingsError(f"the wish is {text!r}, need finish, stop or discard")
        if text:
            wishes.unlink(missing_ok=True)
        return cast("Wish", text)

    return wish
