"""Makes the installed application: a folder, and from it a .deb, a tarball, an NSIS installer or a disk image.

    python -m installers.build --deb --tarball          # in an environment with Evenstar and PyInstaller in it
    python -m installers.build --venv build/venv        # in a fresh environment, made first
    python -m installers.build --venv build/venv --torch cuda

Signing is asked for by environment variables. Windows: EVENSTAR_WIN_SIGN, a command that gets each file as its last
argument. macOS: EVENSTAR_MAC_IDENTITY (codesign's) and EVENSTAR_MAC_NOTARY (a keychain profile of notarytool).
Without them nothing is signed, and the report says so.
"""

import argparse
import json
import os
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from installers import contents, identity, licences

ROOT = Path(__file__).parent.parent
WARM_STARTS = 5
BACKENDS = {"cpu": "cpu", "cuda": "cu130"}
"""Edition, and uv's name for the builds of torch it takes: CUDA 13.0 runs on drivers from 580 on."""
LARGEST = 12


class BuildError(Exception):
    """The application was not made; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for."""

    edition: str
    """cpu or cuda."""
    version: str
    out: Path
    venv: Path | None
    """Environment to make first, or None for the present one."""
    selftest: bool
    forms: tuple[str, ...]
    """deb, tarball, nsis, dmg."""

    @property
    def made(self) -> Path:
        """Folder of generated files: icons, licences, version resource."""
        return self.out / "made"

    @property
    def folder(self) -> Path:
        """The application."""
        return self.out / "evenstar"

    @property
    def program(self) -> Path:
        """Its program file with a console."""
        name = "evenstar.exe" if sys.platform == "win32" else "evenstar"
        return self.folder / name

    @property
    def label(self) -> str:
        """Name of the installers, without a suffix."""
        edition = "" if self.edition == "cpu" else "-cuda"
        return f"evenstar{edition}-{self.version}-{platform.machine().lower()}"


def version_of_sources() -> str:
    """The version in pyproject.toml, where it is written once."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return table["project"]["version"]


def parse(arguments: Sequence[str]) -> tuple[Plan, bool]:
    """The plan on a command line, and whether it is only to be shown."""
    parser = argparse.ArgumentParser(
        prog="python -m installers.build", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--torch", choices=sorted(BACKENDS), default="cpu", help="edition: cpu, or cuda for NVIDIA"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "installers", help="where everything goes"
    )
    parser.add_argument("--venv", type=Path, help="make this environment first and build in it")
    parser.add_argument("--version", default=version_of_sources(), help="default: the one in pyproject.toml")
    parser.add_argument("--skip-selftest", action="store_true", help="do not start what was made")
    parser.add_argument("--dry-run", action="store_true", help="only print the commands")
    for form in ("deb", "tarball", "nsis", "dmg"):
        parser.add_argument(f"--{form}", action="store_true")
    told = parser.parse_args(arguments)
    forms = tuple(form for form in ("deb", "tarball", "nsis", "dmg") if getattr(told, form))
    plan = Plan(
        edition=told.torch,
        version=told.version,
        out=told.out.absolute(),
        venv=told.venv.absolute() if told.venv else None,
        selftest=not told.skip_selftest,
        forms=forms,
    )
    return plan, told.dry_run


def python_of(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def preparing(plan: Plan) -> list[list[str]]:
    """The commands that make a fresh environment for the plan."""
    if plan.venv is None:
        return []
    python = str(python_of(plan.venv))
    install = [python, "-m", "uv", "pip", "install", "--python", python]
    return [
        [sys.executable, "-m", "venv", str(plan.venv)],
        [python, "-m", "pip", "install", "uv"],
        # macOS has one build of torch; elsewhere uv knows where the one for the edition lies.
        [*install, *backend(plan.edition), "torch==2.13.0"],
        [*install, "-e", f"{ROOT}[installers]"],
    ]


def backend(edition: str) -> list[str]:
    """uv's option that chooses between builds of torch."""
    return [] if sys.platform == "darwin" else [f"--torch-backend={BACKENDS[edition]}"]


def again(plan: Plan) -> list[str]:
    """This build in the fresh environment."""
    python = str(python_of(plan.venv)) if plan.venv else sys.executable
    flags = [f"--{form}" for form in plan.forms] + ([] if plan.selftest else ["--skip-selftest"])
    return [
        *(python, "-m", "installers.build", "--torch", plan.edition),
        *("--out", str(plan.out), "--version", plan.version),
        *flags,
    ]


def freezing(plan: Plan) -> list[str]:
    """PyInstaller's command."""
    return [
        *(sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
        *("--distpath", str(plan.out), "--workpath", str(plan.out / "work")),
        str(ROOT / "installers" / "evenstar.spec"),
    ]


def build(plan: Plan) -> dict[str, object]:
    """Make everything; returns the report. Raises BuildError."""
    check_torch(plan.edition)
    generate(plan)
    given = {"EVENSTAR_BUILD": str(plan.made), "EVENSTAR_VERSION": plan.version}
    run(freezing(plan), environment=os.environ | given)
    if sys.platform.startswith("linux"):
        from installers.linux.folder import finish

        finish(plan.folder)
    report: dict[str, object] = {"version": plan.version, "edition": plan.edition, **sizes(plan.folder)}
    if plan.selftest:
        report["selftest"] = run_selftest(plan.program)
        report["first_paint"] = first_paints(plan.program)
    sign_files(plan)
    report["installers"] = {
        path.name: path.stat().st_size for path in (make(plan, form) for form in plan.forms)
    }
    (plan.out / "report.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def check_torch(edition: str) -> None:
    """Refuse to build an edition from the other edition's torch."""
    found = torch_cuda()
    if edition == "cuda" and not found:
        raise BuildError(
            "this environment has torch for the processor only: build the GPU edition with --venv FOLDER"
        )
    if edition == "cpu" and found:
        raise BuildError(
            f"this environment has torch for CUDA {found}: build the CPU edition with --venv FOLDER"
        )


def torch_cuda() -> str:
    """The CUDA version of the installed torch, or empty; torch is not imported for it."""
    import importlib.util

    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        raise BuildError("torch is not installed here")
    text = (Path(spec.origin).parent / "version.py").read_text(encoding="utf-8")
    found = re.search(r"^cuda\b[^=]*= *'([\d.]+)'", text, re.MULTILINE)
    return found[1] if found else ""


def generate(plan: Plan) -> None:
    """Write what the spec takes from plan.made."""
    from installers import icons

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    shutil.rmtree(plan.made, ignore_errors=True)
    icons.draw(plan.made)
    licences.collect_texts(plan.made / "licences", contents.LEFT_OUT_PACKAGES)
    if sys.platform == "win32":
        (plan.made / "version.txt").write_text(identity.version_resource(plan.version), encoding="utf-8")


def sizes(folder: Path) -> dict[str, object]:
    """Size of the folder in bytes, its files, and its largest parts in MB."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    parts: dict[str, int] = {}
    for path in files:
        names = path.relative_to(folder).parts
        part = "/".join(names[1:2] if len(names) > 2 else names[-1:])
        parts[part] = parts.get(part, 0) + path.stat().st_size
    largest = sorted(parts.items(), key=lambda item: -item[1])[:LARGEST]
    return {
        "bytes": sum(path.stat().st_size for path in files),
        "files": len(files),
        "largest_mb": {name: round(size / 1e6, 1) for name, size in largest},
    }


def run_selftest(program: Path) -> list[dict[str, object]]:
    """The steps that the application tells; raises BuildError when one failed."""
    ended = subprocess.run(
        [str(program), "--selftest", "--json"], capture_output=True, text=True, check=False
    )
    lines = ended.stdout.strip().splitlines()
    told = json.loads(lines[-1]) if lines else {"ok": False, "message": ended.stderr.strip()[-2000:]}
    if ended.returncode != 0 or not told["ok"]:
        raise BuildError(f"what was made does not work: {told['message']}")
    return told["steps"]


def first_paints(program: Path) -> dict[str, float]:
    """Seconds from the start of the process to the first painted window: the first start, and the median of others."""
    found = [first_paint(program) for _ in range(WARM_STARTS + 1)]
    return {"first": found[0], "warm_median": round(statistics.median(found[1:]), 3)}


def first_paint(program: Path) -> float:
    """Seconds of one start."""
    environment = {"QT_QPA_PLATFORM": "offscreen"} | dict(os.environ)
    done = subprocess.run(
        [str(program), "--first-paint"], capture_output=True, text=True, check=True, env=environment
    )
    return float(json.loads(done.stdout.strip().splitlines()[-1])["seconds"])


def sign_files(plan: Plan) -> None:
    """Windows: sign the programs before they are packed. macOS signs while PyInstaller makes the bundle."""
    if sys.platform == "win32" and (command := os.environ.get("EVENSTAR_WIN_SIGN")):
        for path in sorted(plan.folder.glob("*.exe")):
            run([*shlex.split(command), str(path)])


def make(plan: Plan, form: str) -> Path:
    """Make one form of the application; returns its file."""
    if form == "deb":
        from installers.linux.deb import make_deb

        return make_deb(plan.folder, plan.made, plan.version, plan.edition, plan.out)
    if form == "tarball":
        from installers.linux.tarball import make_tarball

        return make_tarball(plan.folder, plan.made, plan.out / f"{plan.label}.tar.zst")
    if form == "nsis":
        return make_nsis(plan)
    return make_dmg(plan)


def nsis_command(plan: Plan) -> list[str]:
    """What compiles Windows' installer from the folder."""
    defines = {
        "VERSION": plan.version,
        "FOLDER": str(plan.folder),
        "ICON": str(plan.made / "evenstar.ico"),
        "OUT": str(plan.out / f"{plan.label}.exe"),
        "EDITION": "" if plan.edition == "cpu" else " (GPU edition)",
        "ASSOCIATIONS": str(plan.made / "associations.nsh"),
        "WITHDRAWALS": str(plan.made / "withdrawals.nsh"),
    }
    script = ROOT / "installers" / "windows" / "evenstar.nsi"
    return [
        "makensis",
        "-V2",
        "-INPUTCHARSET",
        "UTF8",
        *(f"-D{k}={v}" for k, v in defines.items()),
        str(script),
    ]


def write_associations(made: Path) -> None:
    """Write what the script includes: one line for every kind of file, on the way in and on the way out."""
    for file, macro in (("associations.nsh", "Offer"), ("withdrawals.nsh", "Withdraw")):
        lines = "".join(f"!insertmacro {macro} {suffix}\n" for suffix in identity.SUFFIXES)
        (made / file).write_text(lines, encoding="utf-8")


def make_nsis(plan: Plan) -> Path:
    """Windows' installer, signed where a command for it is given."""
    write_associations(plan.made)
    run(nsis_command(plan))
    target = plan.out / f"{plan.label}.exe"
    if command := os.environ.get("EVENSTAR_WIN_SIGN"):
        run([*shlex.split(command), str(target)])
    return target


def dmg_commands(plan: Plan, environment: Mapping[str, str]) -> list[list[str]]:
    """What makes macOS's disk image of the bundle, and has it notarised where a profile is given."""
    target = str(plan.out / f"{plan.label}.dmg")
    settings = str(ROOT / "installers" / "macos" / "dmg_settings.py")
    app = plan.out / f"{identity.NAME}.app"
    commands = [[sys.executable, "-m", "dmgbuild", "-s", settings, "-D", f"app={app}", identity.NAME, target]]
    if profile := environment.get("EVENSTAR_MAC_NOTARY"):
        commands += [
            ["xcrun", "notarytool", "submit", target, "--keychain-profile", profile, "--wait"],
            ["xcrun", "stapler", "staple", target],
        ]
    return commands


def make_dmg(plan: Plan) -> Path:
    """macOS's disk image."""
    for command in dmg_commands(plan, os.environ):
        run(command)
    return plan.out / f"{plan.label}.dmg"


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a command to its end; raises BuildError when it fails or is not there."""
    try:
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    except FileNotFoundError as error:
        raise BuildError(f"{command[0]} is not installed") from error
    except subprocess.CalledProcessError as error:
        raise BuildError(f"{shlex.join(command)} ended with {error.returncode}") from error


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for; returns the exit code."""
    plan, dry = parse(arguments)
    commands = [*preparing(plan), again(plan)] if plan.venv else [freezing(plan)]
    if dry:
        sys.stdout.write("".join(shlex.join(command) + "\n" for command in commands))
        return 0
    try:
        if plan.venv:
            for command in commands:
                run(command)
            return 0
        report = build(plan)
    except BuildError as error:
        sys.stderr.write(f"build: {error}\n")
        return 1
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
