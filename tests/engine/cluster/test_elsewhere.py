"""A scheduler by Dask's own command: over TLS with certificates of one's own, and one that dies and comes back."""

import datetime
import ipaddress
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import dask.config
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engine.cancel import CancelToken
from engine.cluster.hands import remote_hands
from engine.cluster.run import restore_all
from engine.errors import EngineError
from engine.events import Event, Notice, SegmentDone
from engine.job import Job
from engine.restore import restore
from engine.settings import RestorationSettings
from tests.clips import make_clip, packet_bytes
from tests.engine.cluster.conftest import CHILD, ROOT

pytestmark = pytest.mark.reliability
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "evenstar test")])


def certificate(folder: Path) -> dict[str, str]:
    """A certificate that vouches for itself, as Dask's environment variables for all three roles."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    own, secret = folder / "cert.pem", folder / "key.pem"
    own.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()))
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    roles = ("SCHEDULER", "WORKER", "CLIENT")
    found = {f"{tls}{role}__CERT": str(own) for role in roles} | {
        f"{tls}{role}__KEY": str(secret) for role in roles
    }
    return found | {f"{tls}CA_FILE": str(own), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Processes that are ended with the test."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in reversed(processes):
        process.kill()
        process.wait()
    monkeypatch.undo()
    dask.config.refresh()


def scheduler(
    note: Path, protocol: str, port: int, pages: tuple[str, ...] = ("--no-dashboard",)
) -> "subprocess.Popen[bytes]":
    """Dask's own command with our guard; returns when it listens."""
    note.unlink(missing_ok=True)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_scheduler"),
            *("--protocol", protocol, "--host", "127.0.0.1", "--port", str(port), *pages),
            *("--scheduler-file", str(note), "--preload", "engine.cluster.guard"),
        ],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return process


@pytest.fixture
def scheduler_with(
    started: list["subprocess.Popen[bytes]"], tmp_path: Path
) -> Callable[[tuple[str, ...]], str]:
    """Starts a scheduler with or without pages; gives its address."""

    def start(pages: tuple[str, ...]) -> str:
        started.append(scheduler(tmp_path / "scheduler.json", "tcp", 0, pages))
        return json.loads((tmp_path / "scheduler.json").read_text())["address"]

    return start


def worker(address: str) -> "subprocess.Popen[bytes]":
    command = [*CHILD, "worker", "--scheduler", address, "--device", "cpu"]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def job_of(source: Path, model: str) -> Job:
    settings = RestorationSettings(model=model, scale=2)
    return Job(source=source, target=source.parent / "film.mkv", restoration=settings, device="cpu")


def test_a_film_is_made_over_tls_and_strangers_are_kept_out(
    started: list["subprocess.Popen[bytes]"],
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in certificate(tmp_path).items():
        monkeypatch.setenv(name, value)
    started.append(scheduler(tmp_path / "scheduler.json", "tls", 0))
    address = json.loads((tmp_path / "scheduler.json").read_text())["address"]
    assert address.startswith("tls://")
    started.append(worker(address))
    with pytest.raises(EngineError, match="no scheduler"), remote_hands(address):
        pass
    dask.config.refresh()
    with remote_hands(address) as hands:
        outcomes = list(restore_all(hands, [job_of(source, "toy")], lambda *_: None, CancelToken(), 60.0))
    assert [outcome.error for outcome in outcomes] == [None]
    assert (source.parent / "film.mkv").exists()


def test_a_scheduler_that_dies_and_comes_back_costs_no_film(
    started: list["subprocess.Popen[bytes]"], source: Path, tmp_path: Path
) -> None:
    note = tmp_path / "scheduler.json"
    started.append(scheduler(note, "tcp", 0))
    address = json.loads(note.read_text())["address"]
    started.append(worker(address))
    heard: list[Event] = []
    done: list[int] = []

    def hear(_: int, event: Event) -> None:
        heard.append(event)
        if isinstance(event, SegmentDone):
            done.append(event.index)
            if len(done) == 2:
                started[0].kill()
                started[0].wait()
                started.append(scheduler(note, "tcp", int(address.rpartition(":")[2])))

    long = make_clip(tmp_path / "long.mp4", n_frames=40, width=48, height=32)
    alone = restore(replace(job_of(long, "toy"), target=tmp_path / "alone.mkv"))
    with remote_hands(address) as hands:
        outcomes = list(restore_all(hands, [job_of(long, "toy-slow")], hear, CancelToken(), 60.0))
    assert [outcome.error for outcome in outcomes] == [None]
    codes = [event.code for event in heard if isinstance(event, Notice)]
    assert codes.index("scheduler-gone") < codes.index("scheduler-back")
    assert sorted(done) == sorted(set(done))
    assert packet_bytes(tmp_path / "film.mkv", "video") == packet_bytes(alone, "video")
