from pathlib import Path

import pytest

from engine.training.config import ConfigError, read_config

SHIPPED = Path(__file__).parents[3] / "engine/training/configs/compact_x4.toml"
MINIMAL = """
seed = 1
folder = "runs/x"
[pool]
folder = "runs/p"
seed = 1
n_shelves = 1
[[phase]]
name = "one"
iterations = 2
learning_rate = 1e-3
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_run_is_valid() -> None:
    config = read_config(SHIPPED)
    assert config.network.detail_head
    assert config.phases[-1].detail is not None


def test_defaults_come_from_the_dataclasses(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, MINIMAL))
    assert config.network.channels == 48
    assert config.phases[0].batch.size == 16


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("seed = 1\nfolder", "sede = 1\nfolder"), "unknown sede"),
        (("n_shelves = 1", "n_shelfs = 1"), "pool: unknown n_shelfs"),
        (("iterations = 2\n", ""), "phase 1: missing iterations"),
        (("iterations = 2", "iterations = 0"), "phase one"),
        (("learning_rate = 1e-3", "learning_rate = 1e-3\ntemporal = 0.5"), "centres >= 2"),
        (
            ("learning_rate = 1e-3", "learning_rate = 1e-3\nalong_flow = true"),
            "needs a temporal weight above 0",
        ),
        (
            (
                "learning_rate = 1e-3",
                "learning_rate = 1e-3\ntemporal = 0.5\nalong_flow = true\n[phase.batch]\ncentres = 2",
            ),
            r"^phases: along_flow needs pool.flow = true$",
        ),
        (
            ("learning_rate = 1e-3", "learning_rate = 1e-3\n[phase.detail]\n[phase.batch]\ncentres = 2"),
            "head",
        ),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_config(write(tmp_path, MINIMAL.replace(*change)))


def test_a_file_that_is_not_toml_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a TOML file"):
        read_config(write(tmp_path, "this is not toml"))
