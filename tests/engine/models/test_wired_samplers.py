"""Models that sample, end to end: tiny networks whose film shows what the source shows pass every check there is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.events import Event, Verified
from engine.job import Job
from engine.models import weights_folder
from engine.models.slot import slot
from engine.models.spec import ModelSpec
from engine.restore import restore
from engine.settings import RestorationSettings
from tests.clips import make_clip, slow_picture
from tests.tiny_cogvideox import install_tiny_cogvideox
from tests.tiny_diffvsr import install_tiny_diffvsr
from tests.tiny_star import install_tiny_star


@pytest.fixture(autouse=True)
def _weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(weights_folder.FOLDER_VARIABLE, str(tmp_path / "weights"))
    yield
    slot.clear()


@pytest.mark.parametrize(
    ("install", "scale"),
    [(install_tiny_star, 2.0), (install_tiny_diffvsr, 4.0), (install_tiny_cogvideox, 4.0)],
)
def test_a_film_of_a_sampling_model_is_verified(
    tmp_path: Path, install: Callable[..., ModelSpec], scale: float
) -> None:
    model = install(tmp_path, wired=True).id
    (tmp_path / "clips").mkdir()
    source = make_clip(
        tmp_path / "clips" / "source.mp4", n_frames=6, width=48, height=32, picture=slow_picture
    )
    chosen = RestorationSettings(model=model, scale=scale, steps=3, memory_bytes=1 << 36)
    events: list[Event] = []

    film = restore(
        Job(source=source, target=tmp_path / "film.mkv", device="cpu", restoration=chosen), events.append
    )

    assert film.is_file()
    (verified,) = [event for event in events if isinstance(event, Verified)]
    print(f"{model}: {verified.psnr} dB")  # noqa: T201
    assert verified.psnr is not None
    assert verified.psnr > 20
