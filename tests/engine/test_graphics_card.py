"""An NVIDIA card that this torch cannot use is found, and the way out is one command or one download."""

import sys
from pathlib import Path

import pytest

from engine import device, doctor, graphics_card
from engine.events import Severity

INFORMATION = "Model: \t\t NVIDIA GeForce RTX 4070\nIRQ:   \t\t 42\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Linux machine without a card, whose /proc and /sys are folders here."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(graphics_card, "_PROC", tmp_path / "proc")
    monkeypatch.setattr(graphics_card, "_PCI", tmp_path / "pci")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return tmp_path


def load_driver(machine: Path) -> None:
    folder = machine / "proc" / "0000:01:00.0"
    folder.mkdir(parents=True)
    (folder / "information").write_text(INFORMATION)


def plug_in(machine: Path, vendor: str, kind: str) -> None:
    folder = machine / "pci" / "0000:01:00.0"
    folder.mkdir(parents=True)
    (folder / "vendor").write_text(vendor + "\n")
    (folder / "class").write_text(kind + "\n")


def put_smi(machine: Path, script: str) -> None:
    program = machine / "bin" / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_machine_without_a_card_has_none(machine: Path) -> None:
    assert graphics_card.nvidia_card() == ""
    assert graphics_card.unused_card(cuda_build=None, cuda_works=False) is None


def test_the_driver_tells_its_card(machine: Path) -> None:
    load_driver(machine)
    assert graphics_card.nvidia_card() == "NVIDIA GeForce RTX 4070"


def test_the_drivers_tool_tells_its_card(machine: Path) -> None:
    put_smi(machine, "echo NVIDIA RTX A2000; echo NVIDIA T4")
    assert graphics_card.nvidia_card() == "NVIDIA RTX A2000"


def test_a_tool_that_fails_tells_nothing(machine: Path) -> None:
    put_smi(machine, "echo broken; exit 9")
    assert graphics_card.nvidia_card() == ""


@pytest.mark.parametrize(
    ("vendor", "kind", "name"),
    [
        ("0x10de", "0x030000", "NVIDIA graphics card"),
        ("0x10de", "0x030200", "NVIDIA graphics card"),
        ("0x10de", "0x040300", ""),  # its sound
        ("0x1002", "0x030000", ""),  # another maker
    ],
)
def test_without_a_driver_the_bus_tells_that_there_is_a_card(
    machine: Path, vendor: str, kind: str, name: str
) -> None:
    plug_in(machine, vendor, kind)
    assert graphics_card.nvidia_card() == name


def test_a_card_that_works_needs_no_word(machine: Path) -> None:
    load_driver(machine)
    assert graphics_card.unused_card(cuda_build="13.0", cuda_works=True) is None


def test_from_sources_the_way_out_is_one_command(machine: Path) -> None:
    load_driver(machine)
    notice = graphics_card.unused_card(cuda_build=None, cuda_works=False)
    assert notice is not None
    assert (notice.code, notice.severity) == ("cpu-torch", Severity.WARNING)
    assert notice.message.startswith(
        "NVIDIA GeForce RTX 4070 is not used: this torch was built for the processor"
    )
    command = "python3 -m uv pip install --torch-backend=auto --reinstall-package torch torch==2.13.0"
    assert notice.message.endswith(command)


@pytest.mark.parametrize(("platform", "suffix"), [("linux", "_amd64.deb"), ("win32", "-amd64.exe")])
def test_an_installed_cpu_edition_names_the_other_download(
    machine: Path, monkeypatch: pytest.MonkeyPatch, platform: str, suffix: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(graphics_card, "nvidia_card", lambda: "NVIDIA T4")
    notice = graphics_card.unused_card(cuda_build=None, cuda_works=False)
    assert notice is not None
    assert notice.code == "cpu-edition"
    assert "evenstar-cuda" in notice.message
    assert suffix in notice.message


def test_a_driver_that_is_too_old_is_named(machine: Path) -> None:
    load_driver(machine)
    notice = graphics_card.unused_card(cuda_build="13.0", cuda_works=False)
    assert notice is not None
    assert notice.code == "cuda-without-driver"
    assert "CUDA 13.0" in notice.message


def test_doctor_and_the_outlook_say_it(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_driver(machine)
    monkeypatch.setattr(device.torch.version, "cuda", None)
    monkeypatch.setattr(device.torch.cuda, "is_available", lambda: False)
    notes = doctor.examine()["notes"]
    assert [note for note in notes if "RTX 4070" in note and "uv pip install" in note]
    assert "RTX 4070" in device.measured("cpu", seconds=0.01).unused_card
