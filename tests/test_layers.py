"""The directions of dependency (ARCHITECTURE, section 3) as assertions."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STANDARD = set(sys.stdlib_module_names)
VOCABULARY = ("clip", "job", "settings", "events", "errors", "cancel", "plan", "naming")
LEAVES = ("engine.training", "engine.metrics", "engine.cluster")
CLUSTER_DOORS = ("engine/cluster/", "engine/cli.py", "engine/cluster_cli.py", "app/real_engine.py")
"""The room of several workers, the command line, and the one call of the window for several devices."""


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module a file imports, at any depth, as dotted names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def uses(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(package + ".") for name in imports(path))


def dotted(path: Path) -> set[str]:
    """Every attribute chain written in a file, e.g. torch.cuda.is_available."""
    chains: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            chains.add(ast.unparse(node))
    return chains


def offenders(folder: str, package: str, allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        names(path)
        for path in modules(folder)
        if uses(path, package) and not names(path).startswith(allowed or ("\0",))
    ]


@pytest.mark.parametrize("package", ["PySide6", "app"])
def test_the_engine_knows_no_screen(package: str) -> None:
    assert offenders("engine", package) == []


def test_av_is_used_in_the_media_room_only() -> None:
    assert offenders("engine", "av", ("engine/media/",)) == []
    assert offenders("app", "av") == []


def test_the_media_room_knows_no_torch() -> None:
    assert offenders("engine/media", "torch") == []


@pytest.mark.parametrize("name", ["torch.cuda", "torch.backends"])
def test_hardware_is_asked_about_in_one_place(name: str) -> None:
    found = [
        names(path)
        for path in modules("engine")
        if any(chain == name or chain.startswith(name + ".") for chain in dotted(path))
    ]
    assert [path for path in found if path != "engine/device.py"] == []


@pytest.mark.parametrize("package", ["threading", "queue", "concurrent"])
def test_threads_live_in_prefetch(package: str) -> None:
    assert offenders("engine", package, ("engine/prefetch.py", "engine/training/")) == []


@pytest.mark.parametrize("package", ["diffusers", "transformers"])
def test_diffusers_and_transformers_stay_with_the_families(package: str) -> None:
    assert offenders("engine", package, ("engine/models/", "engine/training/")) == []


def families() -> list[str]:
    return sorted(path.parent.name for path in (ROOT / "engine/models").glob("*/spec.py"))


@pytest.mark.parametrize("family", families())
def test_only_the_registry_names_a_family(family: str) -> None:
    """Training makes the compact model and may know it."""
    allowed = (f"engine/models/{family}/", "engine/models/registry.py", "engine/training/", "engine/metrics/")
    assert offenders("engine", f"engine.models.{family}", allowed) == []


@pytest.mark.parametrize("leaf", LEAVES)
def test_training_metrics_and_cluster_are_leaves(leaf: str) -> None:
    allowed = (
        "engine/cli.py",
        "engine/measure_cli.py",
        "engine/console.py",
        "engine/training/",
        "engine/metrics/",
        *CLUSTER_DOORS,
    )
    assert offenders("engine", leaf, allowed) == []
    assert offenders("app", leaf, CLUSTER_DOORS if leaf == "engine.cluster" else ()) == []


@pytest.mark.parametrize("package", ["dask", "distributed"])
def test_dask_is_used_in_the_cluster_room_only(package: str) -> None:
    assert offenders("engine", package, ("engine/cluster/",)) == []
    assert offenders("app", package) == []


def test_the_command_line_loads_no_dask() -> None:
    code = "import engine.cli, app.real_engine, sys; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_help_is_said_without_what_only_work_needs() -> None:
    """Each of these costs a person who asks for help a tenth of a second or more."""
    code = (
        "import sys\nfrom engine.cli import main\nassert main(['upscale', '--help']) == 0\n"
        "sys.exit(bool({'rich', 'numpy', 'torch', 'av'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_window_is_painted_without_what_only_pictures_need() -> None:
    code = "import app.launch, sys; sys.exit(bool({'numpy', 'cv2', 'av', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_window_is_painted_without_what_is_not_seen_at_first() -> None:
    """Dialogs, the guide, plans of a job: each is imported when it is first wanted."""
    code = (
        "import app.launch, sys\n"
        "late = {'importlib.metadata', 'app.widgets.guide_window', 'engine.plan', 'engine.store'}\n"
        "sys.exit(str([m for m in sys.modules if m in late or m.endswith('_dialog')] or ''))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert ended.stderr.strip() == ""


def vocabulary() -> list[Path]:
    modules = [ROOT / "engine" / f"{name}.py" for name in VOCABULARY]
    specs = list((ROOT / "engine/models").rglob("spec.py"))
    return [*modules, *specs, ROOT / "engine/models/registry.py"]


@pytest.mark.parametrize("path", vocabulary(), ids=names)
def test_the_vocabulary_imports_the_standard_library_only(path: Path) -> None:
    own = {"engine"}
    foreign = {name.split(".")[0] for name in imports(path)} - STANDARD - own
    assert foreign == set()


def network_files() -> list[Path]:
    parts = ("network.py", "unet.py", "control.py", "liem.py", "msta.py", "te_vae.py")
    return [path for path in modules("engine/models") if path.name in parts]


@pytest.mark.parametrize("path", network_files(), ids=names)
def test_networks_can_be_read_beside_the_paper(path: Path) -> None:
    own_folder = "engine.models." + path.parent.name
    ours = {n for n in imports(path) if n.split(".")[0] == "engine" and not n.startswith(own_folder)}
    foreign = {n.split(".")[0] for n in imports(path)} - STANDARD - {"engine", "torch", "einops", "diffusers"}
    assert ours == set()
    assert foreign == set()


@pytest.mark.parametrize("module", ["app", "app.launch", "engine", "engine.models.registry", "engine.cli"])
def test_importing_loads_no_torch(module: str) -> None:
    code = f"import {module}, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_nothing_is_called_utils() -> None:
    banned = {"utils", "util", "core", "base", "manager", "helpers", "common", "misc"}
    found = [names(path) for folder in ("engine", "app") for path in modules(folder) if path.stem in banned]
    assert found == []
