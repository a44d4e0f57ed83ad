"""Jobs on several devices or machines, as the command line and the window ask for them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from engine.cancel import CancelToken
from engine.cluster.coordinator import Coordinator
from engine.cluster.film import OnFilmEvent, Outcome
from engine.cluster.hands import Hands, local_hands, remote_hands
from engine.device import devices, place
from engine.errors import EngineError, SettingsError
from engine.events import OnEvent
from engine.job import Job


def devices_of(text: str) -> tuple[str, ...]:
    """Return the devices that `--devices` names: separated by commas, or "all" for every card.

    Raises SettingsError for one that is not here, or a card that is named twice.
    """
    if text == "all":
        cards = tuple(device for device in devices() if device != "cpu")
        return cards or ("cpu",)
    named = tuple(place(name.strip(), ("float32",)).device for name in text.split(","))
    twice = [device for device in named if device != "cpu" and named.count(device) > 1]
    if twice:
        raise SettingsError(f"the device {twice[0]} is named twice")
    return named


def open_hands(devices: str | None, cluster: str | None) -> Hands:
    """Return hands on this machine's devices, or those of a scheduler elsewhere; a context manager."""
    if cluster is not None:
        return remote_hands(cluster)
    return local_hands(devices_of(devices or "all"))


def restore_all(
    hands: Hands, jobs: Sequence[Job], on_event: OnFilmEvent, cancel: CancelToken, patience: float
) -> Iterator[Outcome]:
    """Yield what became of each job; its number is its place. Jobs of one model are made together."""
    for _, group in groupby(enumerate(jobs), key=lambda pair: pair[1].restoration.model):
        numbers, own = zip(*group, strict=True)

        def tell(number: int, event: object, numbers: tuple[int, ...] = numbers) -> None:
            on_event(numbers[number] if number >= 0 else -1, event)  # type: ignore[arg-type]

        for outcome in Coordinator(hands, own, tell, cancel, patience=patience).run():
            yield replace(outcome, number=numbers[outcome.number])


def restore_on(
    job: Job, devices: str, on_event: OnEvent, cancel: CancelToken, patience: float = 1800.0
) -> Path:
    """Restore one job on several devices of this machine; like engine.restore.restore."""
    with open_hands(devices, None) as hands:
        for outcome in restore_all(hands, [job], lambda _, event: on_event(event), cancel, patience):
            if outcome.error is not None:
                raise outcome.error
    if not job.target.exists():
        raise EngineError(f"{job.target.name} was not made")
    return job.target
