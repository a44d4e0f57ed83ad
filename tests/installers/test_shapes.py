"""The installers' descriptions agree with each other and with the application; what a tool can check is checked."""

import configparser
import os
import plistlib
import re
import shlex
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

from installers import build, contents, icons, identity, samples
from installers.linux import deb
from installers.linux.tarball import make_tarball

ROOT = Path(__file__).parent.parent.parent
INSTALLERS = ROOT / "installers"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    samples.write(folder)
    return folder


def entry(sample: Path) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(sample / "share/applications/evenstar.desktop", encoding="utf-8")
    return parser["Desktop Entry"]


def component(sample: Path) -> ElementTree.Element:
    return ElementTree.parse(sample / f"share/metainfo/{identity.APP_ID}.metainfo.xml").getroot()


def test_the_desktop_entry_starts_the_program_with_files(sample: Path) -> None:
    found = entry(sample)
    assert (found["Exec"], found["Icon"], found["Terminal"]) == ("evenstar %F", "evenstar", "false")
    assert "Video" in found["Categories"].split(";")
    assert found["Comment[de]"]


def test_every_system_is_told_the_same_kinds_of_file(sample: Path) -> None:
    kinds = list(identity.MIME_TYPES)
    assert entry(sample)["MimeType"].rstrip(";").split(";") == kinds
    assert [node.text for node in component(sample).iter("mediatype")] == kinds
    types = identity.info_plist("1.2.3")["CFBundleDocumentTypes"]
    assert types[0]["CFBundleTypeExtensions"] == list(identity.SUFFIXES)
    assert "!insertmacro Offer mkv\n" in (sample / "made/associations.nsh").read_text()


def test_the_kinds_of_file_are_those_that_batches_take() -> None:
    from engine.batch import VIDEO_SUFFIXES

    assert {suffix.lstrip(".") for suffix in VIDEO_SUFFIXES} >= set(identity.SUFFIXES) - {
        "3gp",
        "dv",
        "ogv",
        "m4v",
    }


def test_the_window_and_the_menu_entry_know_each_other() -> None:
    launch = (ROOT / "app/launch.py").read_text(encoding="utf-8")
    assert 'setDesktopFileName("evenstar")' in launch


def test_all_versions_are_that_of_the_project(sample: Path) -> None:
    version = build.version_of_sources()
    releases = [node.get("version") for node in component(sample).iter("release")]
    assert releases == [version]
    assert identity.info_plist(version)["CFBundleShortVersionString"] == version
    assert f"'ProductVersion', '{version}'" in identity.version_resource(version)
    assert f"-DVERSION={version}" in (sample / "nsis-command").read_text()
    assert f"Version: {version}\n" in deb.control_file("evenstar", version, "amd64", ["libc6"], 1)


def test_the_version_resource_is_an_expression_that_names_four_numbers() -> None:
    text = identity.version_resource("1.2.3")
    compile(text, "version.txt", "eval")
    assert "filevers=(1, 2, 3, 0)" in text


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("desktop-file-validate", "desktop-file-validate share/applications/evenstar.desktop"),
        ("appstreamcli", f"appstreamcli validate --no-net share/metainfo/{identity.APP_ID}.metainfo.xml"),
        ("makensis", "sh nsis-command"),
    ],
)
def test_a_systems_own_tool_accepts_it(sample: Path, tool: str, command: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    ended = subprocess.run(shlex.split(command), cwd=sample, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_nsis_script_is_not_accepted_without_its_definitions(sample: Path) -> None:
    if shutil.which("makensis") is None:
        pytest.skip("makensis is not installed")
    command = ["makensis", "-V1", str(INSTALLERS / "windows/evenstar.nsi")]
    assert subprocess.run(command, cwd=sample, capture_output=True, check=False).returncode != 0


def test_the_icons_hold_the_sizes_they_promise(sample: Path) -> None:
    for size in icons.PNG_SIZES:
        data = (sample / f"made/evenstar-{size}.png").read_bytes()
        assert struct.unpack(">II", data[16:24]) == (size, size)
    ico = (sample / "made/evenstar.ico").read_bytes()
    n_pictures = struct.unpack_from("<HHH", ico)[2]
    assert n_pictures == len(icons.ICO_SIZES)
    for number in range(n_pictures):
        width, *_, length, offset = struct.unpack_from("<BBBBHHII", ico, 6 + 16 * number)
        picture = ico[offset : offset + length]
        assert struct.unpack(">II", picture[16:24])[0] % 256 == width
    icns = (sample / "made/evenstar.icns").read_bytes()
    assert (icns[:4], struct.unpack(">I", icns[4:8])[0]) == (b"icns", len(icns))


def test_the_entitlements_are_a_property_list() -> None:
    with (INSTALLERS / "macos/entitlements.plist").open("rb") as file:
        assert plistlib.load(file)["com.apple.security.cs.disable-library-validation"] is True


def test_the_information_for_macos_can_be_written() -> None:
    assert plistlib.loads(plistlib.dumps(identity.info_plist("1.2.3")))["CFBundleVersion"] == "1.2.3"


def test_the_disk_image_shows_the_application_beside_the_folder_for_it() -> None:
    defined: dict[str, object] = {"defines": {"app": "/built/Evenstar.app"}}
    exec((INSTALLERS / "macos/dmg_settings.py").read_text(encoding="utf-8"), defined)
    assert defined["files"] == ["/built/Evenstar.app"]
    assert set(defined["icon_locations"]) == {"Evenstar.app", "Applications"}  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("platform", "names"),
    [("linux", ["evenstar"]), ("darwin", ["evenstar"]), ("win32", ["evenstar", "evenstarw"])],
)
def test_the_spec_evaluates_for_every_system(
    monkeypatch: pytest.MonkeyPatch, sample: Path, platform: str, names: list[str]
) -> None:
    """With stand-ins for PyInstaller's classes: which programs, with which icon, in which bundle."""
    calls: list[tuple[str, dict[str, object]]] = []

    class Part:
        pure = binaries = datas = scripts = ()

    def part(kind: str) -> object:
        def make(*_: object, **given: object) -> Part:
            calls.append((kind, given))
            return Part()

        return make

    hooks = type(sys)("PyInstaller.utils.hooks")
    hooks.collect_submodules = lambda name: [name]  # type: ignore[attr-defined]
    hooks.copy_metadata = lambda name: [(name, name)]  # type: ignore[attr-defined]
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("EVENSTAR_BUILD", str(sample / "made"))
    monkeypatch.setenv("EVENSTAR_VERSION", "1.2.3")
    kinds = ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")
    space = {kind: part(kind) for kind in kinds} | {"SPECPATH": str(INSTALLERS)}
    exec(compile((INSTALLERS / "evenstar.spec").read_text(encoding="utf-8"), "evenstar.spec", "exec"), space)
    programs = [given for kind, given in calls if kind == "EXE"]
    assert [given["name"] for given in programs] == names
    assert [given["console"] for given in programs] == ([True, False] if platform == "win32" else [False])
    assert ("BUNDLE" in [kind for kind, _ in calls]) == (platform == "darwin")
    for given in programs:
        assert given["icon"] is None or Path(str(given["icon"])).is_file()


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ("torch/bin/torch_shm_manager", True),
        ("torch/bin/protoc", False),
        ("torch/testing/_internal/common.py", True),
        ("torch/lib/libtorch_cpu.so", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("PySide6/Qt/translations/qtdeclarative_de.qm", False),
        ("resources/demo/clip.mp4", True),
    ],
)
def test_what_is_needed_stays_and_what_is_not_goes(place: str, kept: bool) -> None:
    assert contents.is_kept(place) is kept


def test_everything_left_out_says_why() -> None:
    reasons = {**contents.EXCLUDED_MODULES, **contents.DROPPED_FILES}
    assert [name for name, reason in reasons.items() if " " not in reason] == []


def test_nothing_of_ours_imports_what_is_excluded() -> None:
    roots = [ROOT / "app", ROOT / "engine", ROOT / "main.py"]
    files = [path for root in roots for path in (root.rglob("*.py") if root.is_dir() else [root])]
    files.remove(
        ROOT / "engine/training/video/journal.py"
    )  # where tensorboard is installed, which the build is not
    files = [path for path in files if ROOT / "engine" / "cluster" not in path.parents]  # left out itself
    lines = "\n".join(path.read_text(encoding="utf-8") for path in files)
    used = {
        name
        for name in contents.EXCLUDED_MODULES
        if re.search(rf"^\s*(from|import) {re.escape(name)}\b", lines, re.M)
    }
    assert used == {"engine.cluster"}


def test_who_imports_the_workers_asks_for_dask_first() -> None:
    for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "engine").glob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if re.search(r"from engine\.cluster\b", text):
            assert re.search(r"need_dask\(\)|find_spec\(\"distributed\"\)", text), path.name


@pytest.mark.parametrize(("edition", "option"), [("cpu", "cpu"), ("cuda", "cu130")])
def test_an_edition_is_built_from_its_own_torch(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, edition: str, option: str
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert build.main(["--torch", edition, "--venv", "v", "--deb", "--dry-run"]) == 0
    lines = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    torch = next(line for line in lines if line[-1].startswith("torch=="))
    assert f"--torch-backend={option}" in torch
    assert torch[-1] in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert ["--torch", edition] == lines[-1][3:5]
    assert "--deb" in lines[-1]


def test_an_edition_is_refused_with_the_other_editions_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "torch_cuda", lambda: "")
    build.check_torch("cpu")
    with pytest.raises(build.BuildError, match="--venv"):
        build.check_torch("cuda")
    monkeypatch.setattr(build, "torch_cuda", lambda: "13.0")
    build.check_torch("cuda")
    with pytest.raises(build.BuildError, match=re.escape("CUDA 13.0")):
        build.check_torch("cpu")


def test_signing_and_notarising_follow_the_environment() -> None:
    plan, _ = build.parse(["--dmg"])
    assert len(build.dmg_commands(plan, {})) == 1
    signed = build.dmg_commands(plan, {"EVENSTAR_MAC_NOTARY": "profile"})
    assert ["notarytool" in command for command in signed] == [False, True, False]


def test_the_gpu_edition_has_the_name_that_the_cpu_edition_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine import graphics_card

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(build.platform, "machine", lambda: "AMD64")
    plan, _ = build.parse(["--torch", "cuda"])
    assert graphics_card.gpu_download() == f"{plan.label}.exe"


def test_the_workflow_builds_every_edition_and_uses_what_it_built() -> None:
    text = (ROOT / ".github/workflows/installers.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert set(jobs) == {"linux", "verify", "windows", "macos"}
    for job in jobs.values():
        assert all("uses" in step or "run" in step for step in job["steps"])
    commands = [
        step["run"]
        for job in jobs.values()
        for step in job["steps"]
        if "installers.build" in step.get("run", "")
    ]
    flags = {"--deb", "--tarball", "--nsis", "--dmg"}
    assert flags == {flag for flag in flags if any(flag in command for command in commands)}
    for command in commands:
        words = shlex.split(command.strip().splitlines()[-1].replace("${{ matrix.edition }}", "cpu"))
        build.parse(words[3:])  # every flag exists


@pytest.mark.parametrize("script", ["check.sh", "linux/verify.sh"])
def test_the_scripts_are_programs_that_bash_can_read(script: str) -> None:
    path = INSTALLERS / script
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


def test_the_deb_is_described_as_debian_wants_it() -> None:
    control = deb.control_file("evenstar-cuda", "1.2.3", "amd64", ["libc6 (>= 2.36)", "libegl1"], 7)
    fields = dict(re.findall(r"^(\S+): (.*)$", control, re.MULTILINE))
    assert (fields["Package"], fields["Installed-Size"], fields["Conflicts"]) == (
        "evenstar-cuda",
        "7",
        "evenstar",
    )
    assert fields["Depends"] == "libc6 (>= 2.36), libegl1"
    body = control.split("Description: ")[1].splitlines()[1:]
    assert all(line.startswith(" ") and len(line) <= 80 for line in body)


def test_the_manual_names_every_command() -> None:
    from engine.cli import VERBS

    page = deb.man_page("1.2.3")
    assert [verb for verb in VERBS if f".B {verb}\n" not in page] == []


def test_the_tarball_is_one_folder_with_the_program_and_its_menu_entry(sample: Path, tmp_path: Path) -> None:
    if shutil.which("zstd") is None or not sys.platform.startswith("linux"):
        pytest.skip("needs GNU tar and zstd")
    folder = tmp_path / "evenstar"
    (folder / "_internal").mkdir(parents=True)
    (folder / "evenstar").write_bytes(b"program")
    (folder / "_internal/lib.so").symlink_to("evenstar/lib.so.1")
    target = make_tarball(folder, sample / "made", tmp_path / "evenstar-1.2.3-x86_64.tar.zst")
    subprocess.run(["tar", "--zstd", "-C", str(tmp_path), "-xf", str(target)], check=True)
    found = tmp_path / "evenstar-1.2.3-x86_64"
    assert (found / "evenstar").read_bytes() == b"program"
    assert (found / "_internal/lib.so").readlink() == Path("evenstar/lib.so.1")
    assert (found / "share/applications/evenstar.desktop").is_file()
    assert (found / "README.txt").read_text(encoding="utf-8").startswith("Evenstar 1.2.3\n")
