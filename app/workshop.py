"""Everything behind the window, built once and closed once: what the widgets show and ask."""

import logging
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.adapter import Adapter, Adapting
from app.analyst import Analyst
from app.choice import Choice, output_size
from app.engine_calls import EngineCalls
from app.estimate import Estimate, Speeds
from app.frame_loader import FrameLoader
from app.job_queue import JobQueue
from app.librarian import Librarian
from app.player import Player
from app.preferences import Places, Preferences
from app.previewer import Previewer
from app.queue_file import QueueFile
from app.session import Session, fitting
from app.surveyor import ScanTask, Surveyor
from app.viewing import Viewing
from app.watch_folder import WatchFolders
from app.worker import RestoreTask, Workbench
from engine.batch import BatchItem, jobs_of, standard_out_folder
from engine.clip import Clip
from engine.errors import MemoryBudgetError
from engine.events import Event, Notice, Planned, Progress, Verified
from engine.job import Job
from engine.models.spec import ModelSpec
from engine.presets import load_folder, save, shipped
from engine.settings import Preset, RestorationSettings

logger = logging.getLogger(__name__)


class Workshop(QObject):
    """Owns the threads and the deciding objects."""

    models_changed = Signal()
    """A model came or went; `specs` is the list now."""

    def __init__(
        self, engine: EngineCalls, places: Places, preferences: Preferences, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._places = places
        self._preferences = preferences
        self._closed = False
        self.specs = engine.specs()
        self.speeds = Speeds(places.state / "speeds.json")
        queue_file = QueueFile(places.state / "queue.json")
        live = _live(self.specs)
        self.surveyor = Surveyor(engine, self)
        self.librarian = Librarian(engine.weights, self.specs, self)
        self.loader = FrameLoader(engine, self)
        self.bench = Workbench(engine, self)
        self.session = Session(self.surveyor, preferences, self)
        self.previewer = Previewer(self.bench, places.cache / "previews", live, self)
        self.queue = JobQueue(self.bench, queue_file, self)
        self.viewing = Viewing(self.session, self.loader, self.previewer, self.surveyor, self)
        self.player = Player(self.session, self)
        self.analyst = Analyst(places.cache / "reports", self)
        self.adapter = Adapter(places.cache, self)
        self.watch = WatchFolders(self)
        own, reports = load_folder(places.presets)
        self.presets: tuple[Preset, ...] = (*shipped(), *own)
        self.reports = tuple(filter(None, (preferences.report, queue_file.report, *reports)))
        """Sentences about damaged files that were set aside."""
        self._paces: dict[int, tuple[int, float]] = {}
        """Output pixels of a frame and frames a second, by ticket of what is under way."""
        self._peaks: dict[tuple[RestorationSettings, int, int], int] = {}
        """What plans of this session took, by settings and source size: they know the machine."""
        self.bench.told.connect(self._on_told)
        self.bench.ended.connect(self._on_ended)
        self.session.clip_probed.connect(self._on_clip_probed)
        self.watch.clip_arrived.connect(self._on_clip_arrived)
        self.adapter.ended.connect(self._on_adapted)
        self.librarian.look()
        for folder in preferences.now.watch_folders:
            self.watch.watch(Path(folder))

    @property
    def spec(self) -> ModelSpec:
        """Facts about the chosen model."""
        wanted = self.session.choice.restoration.model
        return next((spec for spec in self.specs if spec.id == wanted), self.specs[0])

    def lacking_model(self) -> str:
        """The chosen model's id when its weights are not on this computer, else empty."""
        model = self.session.choice.restoration.model
        return "" if self.librarian.ready(model) else model

    def renew_models(self) -> None:
        """Take notice of models that came or went; a chosen one that is gone gives way to the default."""
        self.specs = self._engine.specs()
        self.librarian.know(self.specs)
        self.previewer.know(_live(self.specs))
        choice = self.session.choice
        if choice.restoration.model not in {spec.id for spec in self.specs}:
            restoration = replace(choice.restoration, model=self.specs[0].id)
            self.session.settle(replace(choice, restoration=restoration))
        self.models_changed.emit()

    def preset(self, name: str) -> Preset | None:
        """The preset of that name, or None."""
        return next((preset for preset in self.presets if preset.name == name), None)

    def save_preset(self, name: str) -> None:
        """Keep the present settings under a name; raises SettingsError for an empty one."""
        preset = self.session.choice.as_preset(name.strip())
        save(preset, self._places.presets)
        self.presets = (*(p for p in self.presets if p.name != preset.name), preset)

    def upscale(self) -> int:
        """Queue a job for the open clip; returns its entry. Raises EngineError when a setting does not fit."""
        return self.queue.add(self.session.job(self.queue.targets))[0]

    def add_batch(self, picked: list[tuple[BatchItem, str]]) -> int:
        """Queue clips of a folder, each with a preset or the panel's settings; returns how many."""
        jobs: list[Job] = []
        known = self.queue.targets
        for item, name in picked:
            preset = self.preset(name) or self.session.choice.as_preset("panel")
            jobs += [job for job in jobs_of([item], preset) if job.target not in known]
        if jobs:
            self.queue.add(*jobs)
        return len(jobs)

    def scan(self, folder: Path, out_folder: Path | None, recursive: bool, suffixes: tuple[str, ...]) -> None:
        """Look through a folder for clips; answered by the surveyor's `scanned`."""
        task = ScanTask(folder=folder, out_folder=out_folder, recursive=recursive, suffixes=suffixes)
        self.surveyor.scan(task)

    def watch_folder(self, folder: Path, on: bool = True) -> None:
        """Watch a folder, or stop it; kept between starts."""
        if on:
            self.watch.watch(folder)
        else:
            self.watch.leave(folder)
        self._preferences.change(watch_folders=tuple(map(str, self.watch.folders)))

    def estimate(self) -> Estimate | None:
        """What the job on the open clip will take, or None without a clip."""
        clip, job = self.session.clip, self.session.preview_job()
        if clip is None or job is None:
            return None
        start, stop = self.session.range or (0, self.session.n_frames or clip.estimated_frames or 0)
        settings = job.restoration
        planned = self._peaks.get((settings, clip.width, clip.height))
        peak = planned or peak_bytes(self.spec, clip, settings)
        told = self.speeds.estimate(clip, job, stop - start, peak)
        bounded = planned is not None or not self.spec.free_size
        return replace(told, peak_is_bound=not (bounded or settings.memory_bytes))

    def notices(self) -> tuple[Notice, ...]:
        """What a person should know before the start; raises EngineError when the job cannot be done."""
        film, job = self.session.film, self.session.preview_job()
        if film is None or job is None:
            return ()
        target = job.target.with_name(f"{film.clip.path.stem}.{self.session.choice.container}")
        job = Job(source=job.source, target=target, restoration=job.restoration, export=job.export)
        width, height = output_size(film.clip, job.restoration)
        return self._engine.notices(film.clip, film.index, job, width, height)

    def close(self) -> bool:
        """End the threads; False when the worker did not listen in time."""
        if self._closed:
            return True
        self._closed = True
        self.session.keep()
        self.analyst.close()
        self.adapter.close()
        self.surveyor.close()
        self.librarian.close()
        self.loader.close()
        self.previewer.close()
        return self.bench.close()

    @Slot(object)
    def _on_clip_probed(self, clip: Clip) -> None:
        choice = fitting(self.session.choice, clip, float(self.spec.scales[-1]))
        self.session.settle(choice)

    @Slot(object)
    def _on_adapted(self, now: Adapting) -> None:
        if now.result is not None and now.result.kept:
            self.renew_models()

    @Slot(object)
    def _on_clip_arrived(self, path: Path) -> None:
        out = standard_out_folder(path.parent)
        choice: Choice = self.session.choice
        item = BatchItem(source=path, target=out / f"{path.stem}.{choice.container}", finished=False)
        if not item.target.exists() and path not in self.queue.sources:
            self.add_batch([(item, choice.preset)])

    @Slot(int, object)
    def _on_told(self, ticket: int, event: Event) -> None:
        """Learn how fast this machine is from every run, previews included."""
        task = self.bench.task_of(ticket)
        pixels, fps = self._paces.get(ticket, (0, 0.0))
        if isinstance(event, Planned) and isinstance(task, RestoreTask):
            clip = self.session.clip
            if clip is not None and clip.path == task.job.source:
                self._peaks[task.job.restoration, clip.width, clip.height] = event.peak_bytes
        if isinstance(event, Planned):
            self._paces[ticket] = (event.width * event.height, 0.0)
        elif isinstance(event, Progress) and event.fps:
            self._paces[ticket] = (pixels, event.fps)
        elif isinstance(event, Verified) and isinstance(task, RestoreTask) and fps and pixels:
            self.speeds.learn(task.job, pixels, 1 / fps)

    @Slot(int, object)
    def _on_ended(self, ticket: int, _outcome: object) -> None:
        self._paces.pop(ticket, None)


def _live(specs: tuple[ModelSpec, ...]) -> frozenset[str]:
    """Ids of the models whose slider re-blends finished heads."""
    return frozenset(spec.id for spec in specs if spec.live_beta)


def peak_bytes(spec: ModelSpec, clip: Clip, settings: RestorationSettings) -> int:
    """The model's working memory on this clip: of the plan within the memory that was set, else of the largest."""
    from engine.plan import make_plan  # not before a clip is open

    width, height = output_size(clip, settings) if spec.free_size else (clip.width, clip.height)
    for budget in (settings.memory_bytes or sys.maxsize, sys.maxsize):
        try:
            return make_plan(
                spec,
                (),
                width=width,
                height=height,
                budget_bytes=budget,
                tile=settings.tile,
                window=settings.window,
            ).peak_bytes
        except MemoryBudgetError:
            continue  # the job itself will say so
    return spec.most_bytes
