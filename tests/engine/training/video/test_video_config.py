from pathlib import Path

import pytest

from engine.cli import main
from engine.exits import EXIT_ARGUMENTS
from engine.training.config import ConfigError
from engine.training.video.config import ClipsConfig, StarModel, read_run, read_toml, run_of
from engine.training.video.study import StudyConfig, declared_run, read_study
from engine.training.video.tables import read_table
from tests.engine.training.video.tiny_runs import stage

CONFIGS = Path(__file__).parents[4] / "engine/training/configs"
LEAST = {"kind": "star", "seed": 1, "folder": "runs/x", "stage": [stage(train=["*"])]}


def shipped(*, study: bool) -> list[Path]:
    kinds = {path: read_toml(path).get("kind") for path in sorted(CONFIGS.glob("*.toml"))}
    return [path for path, kind in kinds.items() if kind is not None and (kind == "study") == study]


@pytest.mark.parametrize("path", shipped(study=False), ids=lambda path: path.stem)
def test_every_shipped_run_can_be_read(path: Path) -> None:
    assert read_run(path).total > 0


@pytest.mark.parametrize("path", shipped(study=True), ids=lambda path: path.stem)
def test_every_variant_of_a_shipped_study_can_be_read(path: Path) -> None:
    study, changes = read_study(path)
    weights = {part.name: "weights.safetensors" for part in study.part}
    for variant, change in zip(study.variant, changes, strict=True):
        run = declared_run(path.with_name(variant.config), change, weights, Path("runs/x"), seed=1)
        assert run.total > 0


def test_the_paper_s_sizes_are_the_defaults() -> None:
    model = run_of(LEAST).model
    assert isinstance(model, StarModel)
    assert (model.network.width, model.frequency.beta, model.frequency.alpha) == (320, 1.0, 2.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "sta"}, "kind is 'sta', need one of star, star-cogvideox, diffvsr, vae"),
        ({"sede": 1}, "top level: unknown sede"),
        ({"model": {"network": {"width": 32.5}}}, r"model\.network\.width is 32\.5, need int"),
        ({"model": {"network": {"width": 33}}}, r"model\.network: width is 33, need a multiple of 32"),
        ({"model": {"start": {"modle": "x"}}}, r"model\.start: unknown modle"),
        ({"stage": []}, "at least one"),
        ({"clips": {"source": "pairs"}}, "need a folder unless procedural"),
        ({"device": "gpu"}, "device is 'gpu', need one of auto, cpu"),
        ({"install": "mine"}, "only a run that starts from a model"),
        ({"bfloat16": 1}, "bfloat16 is 1, need bool"),
    ],
)
def test_what_no_setting_answers_to_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run_of(LEAST | change)


def test_the_command_line_says_what_it_cannot_train(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.toml").write_text('kind = "sta"')
    assert main(["train", str(tmp_path / "run.toml")]) == EXIT_ARGUMENTS
    assert "need one of star, star-cogvideox, diffvsr, vae" in " ".join(capsys.readouterr().err.split())


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ConfigError, match="top level: missing seed"):
        run_of({name: value for name, value in LEAST.items() if name != "seed"})


def test_a_stage_may_have_clips_of_its_own() -> None:
    own = {"source": "clean", "folder": "best", "degradation": "light"}
    config = run_of(LEAST | {"stage": [stage(train=["*"]), stage(train=["*"], clips=own)]})
    assert config.clips_of(config.stage[0]) == ClipsConfig()
    assert config.clips_of(config.stage[1]).folder == "best"


def test_a_variant_without_the_weights_it_wants_is_refused() -> None:
    variant = {"name": "+ ILT", "config": "x.toml", "weights_of": "+ PLS"}
    tables = {"title": "", "folder": "", "seeds": [1], "axis": "", "variant": [variant]}
    with pytest.raises(ConfigError, match=r"wants weights of \+ PLS, which is not before it"):
        read_table(StudyConfig, tables, "study")
