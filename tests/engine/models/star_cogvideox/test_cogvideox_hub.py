"""The published layout from a hub to a film, at tiny size: terms, download, conversion, prompt, restoration."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.job import Job
from engine.media.probe import probe
from engine.models.hub import download
from engine.models.registry import SPECS
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.models.star_cogvideox.weights import read_conversion
from engine.models.weights_folder import FileState, converted_path, model_state
from engine.restore import restore
from engine.settings import RestorationSettings
from tests.clips import make_clip
from tests.hub_server import Hub
from tests.tiny_cogvideox import SIZES, write_published


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelSpec:
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setattr("engine.verify.LEAST_PSNR", 0.0)  # its pictures are noise
    monkeypatch.setattr("engine.verify.first_stray", lambda *_: None)
    small = replace(SPECS["star-cogvideox"], id="small-cogvideox", sizes=SIZES)
    monkeypatch.setitem(SPECS, small.id, small)
    return small


def test_the_published_layout_is_fetched_converted_and_run(
    spec: ModelSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Hub(tmp_path / "hub") as hub:
        monkeypatch.setenv("EVENSTAR_HUB", hub.address)
        for file, path in zip(spec.weights, write_published(tmp_path / "published"), strict=True):
            hub.link(str(file.repo), file.repo_path, path)
        with pytest.raises(ModelError, match="LicenseRef-CogVideoX"):
            download(spec, accept_licence="Apache-2.0")
        assert model_state(spec) is FileState.MISSING
        download(spec, accept_licence=spec.licence)
    job = Job(
        source=make_clip(tmp_path / "source.mp4", n_frames=2, width=24, height=16),
        target=tmp_path / "film.mkv",
        device="cpu",
        restoration=RestorationSettings(model=spec.id, steps=1, scale=2.0, memory_bytes=1 << 36),
    )

    film = probe(restore(job))

    slot.clear()
    assert (film.width, film.height) == (48, 32)
    assert model_state(spec) is FileState.PRESENT
    assert read_conversion(converted_path(spec, spec.weights[0])).merged_layers == 4
