"""Adapting the default to a folder: what is kept apart stays apart, work is never lost, and the label is honest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from engine.cancel import CancelToken
from engine.cli import main
from engine.device import Placement
from engine.errors import SettingsError
from engine.events import Notice
from engine.metrics.adapted import Figures, Row, Verdict, side_by_side, verdict
from engine.models.compact.network import CompactConfig, CompactNet
from engine.models.compact.weights import write_weights
from engine.models.custom import measured, picture_of
from engine.models.hub import remove
from engine.models.registry import all_specs, loader, spec_of
from engine.models.weights_folder import FileState, model_state
from engine.training.adapt import adapt as adapting
from engine.training.adapt import footage
from engine.training.adapt.adapt import AdaptTask, Discarded, Learned, Outcome, Stopped, Stride, Wish, adapt
from engine.training.adapt.crops import CropBatches, cut, good_places
from engine.training.adapt.footage import Piece, divided, look_through
from engine.training.adapt.run import Shipped
from engine.training.dataset import BatchConfig
from tests.clips import make_clip, motion

TINY = CompactConfig(channels=8, blocks=1, scale=2, detail_head=True, grain=True)
_SPECKS = np.random.default_rng(5).integers(-40, 40, (96, 160, 1))


def speckled(number: int, height: int, width: int) -> NDArray[np.uint8]:
    """Moving texture with detail that a network can sharpen."""
    return np.clip(motion(number / 3, height, width) + _SPECKS[:height, :width], 0, 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A default so small that a test can teach it."""
    torch.manual_seed(1)
    path = tmp_path / "tiny_x2.safetensors"
    write_weights(CompactNet(TINY), path, {"a1": "0.4"})
    monkeypatch.setattr(adapting, "shipped", lambda scale: Shipped(path=path, config=TINY, a1=0.4))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("clips")
    for name in ("a", "b", "c"):
        make_clip(
            made / f"{name}.mkv", n_frames=32, width=128, height=96, options={"crf": "4"}, picture=speckled
        )
    return made


def shots(*lengths: int) -> list[Piece]:
    stops = np.cumsum(lengths)
    return [
        Piece(source=cast("Any", None), start=int(b - n), stop=int(b))
        for n, b in zip(lengths, stops, strict=True)
    ]


def frames_of(pieces: tuple[Piece, ...]) -> set[int]:
    return {at for piece in pieces for at in range(piece.start, piece.stop)}


# what is kept apart


@pytest.mark.parametrize("lengths", [(48,), (28, 30, 200), (10, 400)])
def test_a_held_back_end_is_no_neighbour_of_a_learned_frame(lengths: tuple[int, ...]) -> None:
    training, held_back, by = divided(shots(*lengths))
    assert by == "time"
    borders = [(t, h) for t in training for h in held_back if t.stop <= h.start and t.start <= h.start]
    own = [(t, h) for t, h in borders if not any(t.start < o.start < h.start for o in training)]
    assert own
    assert all(h.start - t.stop >= footage.SMALLEST_GAP for t, h in own)
    assert not frames_of(training) & frames_of(held_back)


def test_many_shots_are_held_back_whole() -> None:
    training, held_back, by = divided(shots(*[20] * 12))
    assert by == "shots"
    assert len(held_back) == 2
    assert len(training) == 10
    assert not frames_of(training) & frames_of(held_back)


# what a folder gives


def looked(folder: Path) -> footage.Footage:
    return look_through(folder, 2, CancelToken(), lambda done, total: None)


def test_what_cannot_teach_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "one.mkv").write_bytes((folder / "a.mkv").read_bytes())
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    (tmp_path / "song.wav").write_bytes(b"RIFF")
    make_clip(tmp_path / "stamp.mkv", width=64, height=64)
    messages = " | ".join(notice.message for notice in looked(tmp_path).notices)
    assert "broken.mp4" in messages
    assert "song.wav" in messages
    assert "smaller than 96 pixels a side: stamp.mkv" in messages


def test_a_folder_without_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no video"):
        looked(tmp_path)


def test_clips_that_are_too_short_are_refused(tmp_path: Path) -> None:
    make_clip(tmp_path / "flash.mkv", n_frames=12, width=128, height=96, picture=speckled)
    with pytest.raises(SettingsError, match="too short"):
        looked(tmp_path)


def test_damaged_clips_are_no_examples(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footage, "DAMAGED", -1.0)
    with pytest.raises(SettingsError, match="all too damaged"):
        looked(folder)


# crops and batches


def test_the_same_footage_gives_the_same_crops_and_batches(folder: Path, tmp_path: Path) -> None:
    pieces = looked(folder).training
    drawn = []
    for name in ("one", "two"):
        n_crops = cut(pieces, 2, 3, tmp_path / name, CancelToken(), lambda done, total: None)
        batch = BatchConfig(size=4, crop=32, centres=2)
        drawn.append(CropBatches(tmp_path / name, n_crops, 2, batch, seed=9, first=0, stop=5)[4])
    assert drawn[0]["gt"].shape == (4, 2, 3, 64, 64)
    assert all(torch.equal(drawn[0][name], drawn[1][name]) for name in ("lq", "gt", "condition"))


def test_flat_and_dark_places_are_not_cut() -> None:
    frame = speckled(0, 96, 160)
    frame[:, 80:] //= 16
    places = good_places(frame, 40, np.random.default_rng(0))
    assert places
    assert all(x < 75 for _, x in places)
    assert good_places(np.full((96, 160, 3), 120, np.uint8), 40, np.random.default_rng(0)) == []


# the run


def request(folder: Path, **changes: Any) -> AdaptTask:
    return AdaptTask(folder=folder, scale=2, steps=3, device="cpu", **changes)


def wish_after(n_steps: int, wanted: Wish) -> tuple[Callable[[object], None], Callable[[], Wish]]:
    """A listener, and a wish that comes true once so many steps of the first stage were told."""
    seen = [0]

    def listen(event: object) -> None:
        seen[0] = max(seen[0], event.steps) if isinstance(event, Learned) else seen[0]

    return listen, lambda: wanted if seen[0] >= n_steps else ""


def learned(model: str) -> dict[str, torch.Tensor]:
    return load_file(Path(adapting.weights_root()) / "compact" / f"{model}_x2.safetensors")


def test_a_stopped_run_goes_on_to_the_same_weights(
    folder: Path, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "TELL_SECONDS", 0.0)
    adapt(request(folder, name="whole", keep_worse=True), lambda event: None)
    task = request(folder, name="halved", keep_worse=True)
    with pytest.raises(Stopped):
        adapt(task, *wish_after(2, "stop"))
    assert (task.work_folder / "fidelity" / "checkpoint.pt").is_file()
    adapt(task, lambda event: None)
    whole, halved = learned("whole"), learned("halved")
    assert all(torch.equal(whole[name], halved[name]) for name in whole)
    assert not task.work_folder.exists()


def test_a_model_is_listed_measured_usable_and_removable(folder: Path, tiny: None) -> None:
    outcome = adapt(request(folder, name="My Films!", keep_worse=True), lambda event: None)
    assert outcome.kept
    spec = spec_of("my-films")
    assert (spec.title, spec.scales, spec.custom) == ("My Films!", (2,), True)
    assert spec.summary == outcome.summary
    found = measured("my-films")
    assert found is not None
    assert len(found["rows"]) == 6
    assert picture_of("my-films").is_file()
    restorer = cast("Any", loader(spec)(spec, Placement(device="cpu", dtype="float32")))
    assert next(iter(restorer.networks())).config == TINY
    remove(spec, all_specs())
    assert "my-films" not in {spec.id for spec in all_specs()}
    assert not picture_of("my-films").exists()


def test_a_discarded_run_leaves_nothing(
    folder: Path, tiny: None, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "TELL_SECONDS", 0.0)
    with pytest.raises(Discarded):
        adapt(request(folder, name="gone"), *wish_after(1, "discard"))
    assert [path for path in weights.rglob("*") if path.is_file()] == []


def test_a_worse_model_is_kept_only_when_asked_for_and_then_without_training(
    folder: Path, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = Verdict(label="worse", gain_db=-1, margin_db=0.1, n_ahead=0, n_pieces=3, flicker_ratio=1)
    monkeypatch.setattr(adapting, "verdict", lambda rows: bad)
    outcome = adapt(request(folder, name="poor"), lambda event: None)
    assert (outcome.kept, outcome.label) == (False, "worse")
    assert "poor" not in {spec.id for spec in all_specs()}
    told: list[object] = []
    again = adapt(request(folder, name="poor", keep_worse=True), told.append)
    assert isinstance(again, Outcome)
    assert again.kept
    assert not [event for event in told if isinstance(event, Learned)]
    assert model_state(spec_of("poor")) is FileState.PRESENT


def test_crops_of_other_clips_are_not_taken_up(folder: Path, tiny: None, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "a.mkv").write_bytes((folder / "a.mkv").read_bytes())
    task = request(mine, name="moved")
    stopping = [False]

    def stop_once_cut(event: object) -> None:
        stopping[0] = stopping[0] or (
            isinstance(event, Stride) and event.phase == "cut" and event.done == event.total
        )

    with pytest.raises(Stopped):
        adapt(task, stop_once_cut, lambda: "stop" if stopping[0] else "")
    (mine / "a.mkv").write_bytes((folder / "b.mkv").read_bytes() + b" ")
    told: list[object] = []

    def listen(event: object) -> None:
        told.append(event)

    with pytest.raises(Stopped):
        adapt(task, listen, lambda: "stop" if any(isinstance(e, Notice) for e in told) else "")
    assert [e for e in told if isinstance(e, Notice) and e.code == "adapt-anew"]


def test_finishing_early_measures_what_was_learned(
    folder: Path, tiny: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "TELL_SECONDS", 0.0)
    listen, wish = wish_after(1, "finish")
    task = AdaptTask(folder=folder, scale=2, minutes=60, device="cpu", name="early", keep_worse=True)
    assert adapt(task, listen, wish).kept


def test_a_name_that_is_taken_is_refused(folder: Path) -> None:
    with pytest.raises(SettingsError, match="already"):
        adapt(request(folder, name="Compact"), lambda event: None)


@pytest.mark.parametrize(("name", "model"), [("../Süd & West", "s-d-west"), ("A" * 80, "a" * 48)])
def test_a_name_becomes_a_safe_file_name(name: str, model: str) -> None:
    assert AdaptTask(folder=Path(), name=name).model == model


def test_a_name_without_a_letter_is_refused() -> None:
    with pytest.raises(SettingsError, match="no letter"):
        _ = AdaptTask(folder=Path(), name="???").model


def test_the_command_line_says_what_a_folder_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "--on", str(tmp_path), "--name", "x", "--json"]) == 2
    assert '"kind": "SettingsError"' in capsys.readouterr().out


# the label


def rows(gains: list[float], flicker: float = 1.0) -> list[Row]:
    def figures(psnr: float, flickers: float = 1.0) -> Figures:
        return Figures(psnr_y=psnr, ssim=0.9, warping=1.0, flicker=flickers)

    return [
        Row(
            piece=str(number),
            degradation="degraded",
            condition=1.0,
            figures={"lanczos": figures(28), "default": figures(30), "yours": figures(30 + gain, flicker)},
        )
        for number, gain in enumerate(gains)
    ]


@pytest.mark.parametrize(
    ("gains", "label"),
    [
        ([0.4, 0.5, 0.45], "better"),
        ([0.01, 0.02, 0.015], "no better"),
        ([1.5, -0.4, 0.1], "no better"),
        ([0.5, 0.5], "no better"),
        ([-0.4, 0.1, -0.3], "worse"),
        ([-0.02, -0.021, -0.02], "worse"),
    ],
)
def test_a_label_needs_more_than_luck(gains: list[float], label: str) -> None:
    assert verdict(rows(gains)).label == label


def test_a_model_that_flickers_more_is_not_called_better() -> None:
    assert verdict(rows([0.4, 0.5, 0.45], flicker=1.2)).label == "no better"


def test_a_verdict_tells_its_spread() -> None:
    found = verdict(rows([0.2, 0.4, 0.6]))
    assert found.n_ahead == 3
    assert found.margin_db == pytest.approx(2.92 * 0.2 / 3**0.5)
    assert "+0.40 dB (±0.34 dB; ahead on 3 of 3" in adapting.summary(found, 4)


def test_pictures_stand_side_by_side() -> None:
    frame = speckled(0, 96, 160)
    assert side_by_side([frame, frame, frame]).shape == (96, 3 * 96 + 8, 3)
