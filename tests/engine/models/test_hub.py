"""Weights arrive whole and right, or one sentence says why not and no file has the final name."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from engine.cancel import Cancelled, CancelToken
from engine.errors import DiskFullError, DownloadError, EngineError, ModelError
from engine.models import hub as engine_hub
from engine.models.fetch import Patience
from engine.models.hub import download, import_files, remove, verify
from engine.models.hub_http import Offer
from engine.models.part_file import PartFile
from engine.models.registry import spec_of
from engine.models.spec import ModelSpec, WeightFile
from engine.models.weights_folder import (
    FileState,
    WeightsProgress,
    converted_path,
    file_states,
    folder_of,
    licence_accepted,
    locate,
    locked,
    model_state,
    part_path,
    read_ledger,
)
from tests.hub_server import COMMIT, Hub
from tests.toy_model import NETWORK_FILE, SETTINGS_FILE, TERMS, toy_model

ROOT = Path(__file__).parents[3]
CONTENT = bytes(range(256)) * 2400
"""614 kB: many network reads, quick to send."""
SMALL = b'{"steps": 15}\n'
QUICK = Patience(tries=3, timeout_seconds=2.0, backoff_seconds=0.01)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with Hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def hub(server: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hub:
    monkeypatch.setenv("EVENSTAR_HUB", server.address)
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "weights"))
    server.put("some/toy", "deep/net.pt", CONTENT)
    server.put("some/toy", "settings.json", SMALL, lfs=False)
    server.reset()
    return server


def fetch(spec: ModelSpec | None = None, **options: Any) -> None:
    download(spec or toy_model(), accept_licence=TERMS.id, patience=QUICK, **options)


def target(spec: ModelSpec | None = None) -> Path:
    return folder_of(spec or toy_model()) / "net.pt"


def refused(error: type[EngineError] = DownloadError, spec: ModelSpec | None = None) -> str:
    """Download, be refused, and see no file; gives the sentence."""
    with pytest.raises(error) as caught:
        fetch(spec)
    assert not target().exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_download_brings_every_file_checked_and_recorded(hub: Hub) -> None:
    spec = toy_model(NETWORK_FILE, SETTINGS_FILE)
    fetch(spec)
    assert [(folder_of(spec) / name).read_bytes() for name in ("net.pt", "settings.json")] == [CONTENT, SMALL]
    assert model_state(spec) is FileState.PRESENT
    known = read_ledger(folder_of(spec)).files["net.pt"]
    assert known.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert known.origin == f"{hub.address}/some/toy/resolve/{COMMIT}/deep/net.pt"
    assert locate(spec, NETWORK_FILE) == target()


def test_nothing_unfinished_is_left_behind(hub: Hub) -> None:
    fetch()
    assert sorted(path.name for path in target().parent.iterdir()) == [".lock", "net.pt", "weights.json"]


def test_what_is_there_is_not_asked_about_again(hub: Hub) -> None:
    fetch()
    before = len(hub.log())
    fetch()
    assert len(hub.log()) == before


def test_the_licence_comes_first(hub: Hub) -> None:
    with pytest.raises(ModelError, match=r"comes under CC-BY-4\.0"):
        download(toy_model(), patience=QUICK)
    with pytest.raises(ModelError, match=r"comes under CC-BY-4\.0"):
        download(toy_model(), accept_licence="BSD-3-Clause", patience=QUICK)
    assert hub.log() == []


def test_an_accepted_licence_is_remembered(hub: Hub) -> None:
    fetch()
    assert licence_accepted(toy_model())
    target().unlink()
    download(toy_model(), patience=QUICK)
    assert target().read_bytes() == CONTENT


def test_progress_adds_up_over_all_files(hub: Hub) -> None:
    heard: list[WeightsProgress] = []
    fetch(toy_model(NETWORK_FILE, SETTINGS_FILE), on_progress=heard.append)
    fetched = [event.done_bytes for event in heard if event.stage == "download"]
    assert fetched == sorted(fetched)
    assert fetched[-1] == heard[-1].total_bytes == len(CONTENT) + len(SMALL)


def test_a_cut_connection_is_taken_up_where_it_broke(hub: Hub) -> None:
    hub.plan({"cut": 300_000}, {"cut": 200_000})
    fetch()
    assert target().read_bytes() == CONTENT
    assert hub.served() == len(CONTENT)
    assert hub.log()[-1]["if_range"].startswith('"cdn-')


def test_a_line_that_breaks_often_but_brings_much_is_not_given_up(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.models.fetch.WORTHWHILE_BYTES", 50_000)
    hub.plan(*[{"cut": 60_000}] * 8)
    fetch()
    assert target().read_bytes() == CONTENT
    assert hub.served() == len(CONTENT)


def test_a_line_that_keeps_breaking_ends_in_a_sentence_and_keeps_what_came(hub: Hub) -> None:
    hub.plan({"cut": 1000}, {"cut": 1000}, {"cut": 1000}, {"cut": 1000})
    assert "net.pt broke off 3 times" in refused()
    assert part_path(target()).stat().st_size == 3000
    assert model_state(toy_model()) is FileState.PARTIAL


@pytest.fixture
def other_process(hub: Hub) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the middle of a slow download."""
    hub.plan({"pause": 0.05})
    code = (
        "from engine.models.hub import download; from tests.toy_model import TERMS, toy_model\n"
        "download(toy_model(), accept_licence=TERMS.id)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    part = part_path(target())
    while not part.exists() or part.stat().st_size < 200_000:
        time.sleep(0.01)
        assert process.poll() is None
    yield process
    process.kill()
    process.wait()


def test_a_killed_process_loses_nothing_that_had_arrived(
    hub: Hub, other_process: subprocess.Popen[bytes]
) -> None:
    os.kill(other_process.pid, signal.SIGKILL)
    other_process.wait()
    kept = part_path(target()).stat().st_size
    hub.reset()
    fetch()
    assert target().read_bytes() == CONTENT
    assert hub.served() == len(CONTENT) - kept < len(CONTENT) - 200_000 + 1


def test_a_second_process_is_refused_while_the_first_downloads(
    hub: Hub, other_process: subprocess.Popen[bytes]
) -> None:
    assert "another Evenstar is working" in refused(ModelError)
    assert other_process.wait() == 0
    assert target().read_bytes() == CONTENT


def test_a_server_without_ranges_sends_all_again(hub: Hub) -> None:
    hub.plan({"cut": 300_000}, {"no_ranges": True})
    fetch()
    assert target().read_bytes() == CONTENT
    assert hub.served() == 300_000 + len(CONTENT)


def test_a_range_that_begins_elsewhere_is_not_believed(hub: Hub) -> None:
    hub.plan({"cut": 300_000}, {"shift": 10})
    fetch()
    assert target().read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_fetched_afresh(hub: Hub) -> None:
    hub.plan({"cut": 300_000, "etag": '"old"'})
    fetch()
    assert target().read_bytes() == CONTENT
    assert [entry["status"] for entry in hub.log() if entry["path"].startswith("/cdn")] == [200, 200]


def test_a_part_of_another_file_is_dropped(hub: Hub) -> None:
    hub.plan(*[{"cut": 100_000}] * 3)
    refused()
    changed = CONTENT[::-1]
    hub.put("some/toy", "deep/net.pt", changed)
    fetch()
    assert target().read_bytes() == changed


def test_a_damaged_part_is_fetched_afresh_once(hub: Hub) -> None:
    hub.plan(*[{"cut": 100_000}] * 3)
    refused()
    part = part_path(target())
    part.write_bytes(bytes(part.stat().st_size))
    fetch()
    assert target().read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["net.pt", "settings.json"], ids=["sha256", "git blob"])
def test_corrupt_bytes_are_noticed_and_not_kept(hub: Hub, name: str) -> None:
    spec = toy_model(NETWORK_FILE if name == "net.pt" else SETTINGS_FILE)
    hub.plan({"corrupt": 5})
    with pytest.raises(DownloadError, match=f"{name} arrived damaged .sha256 [0-9a-f]+, need"):
        fetch(spec)
    assert file_states(spec) == {name: FileState.MISSING}


def test_a_length_that_is_not_the_announced_one_is_refused(hub: Hub) -> None:
    hub.plan({"linked_size": 1000}, method="HEAD")
    assert "announced 1000 bytes for net.pt and sends 614400" in refused()


def test_fewer_bytes_than_the_headers_say_end_in_a_sentence(hub: Hub) -> None:
    hub.put("some/toy", "deep/net.pt", CONTENT[:-1])
    hub.plan({"linked_size": len(CONTENT)}, method="HEAD")
    hub.plan(*[{"size": len(CONTENT)}] * 3)
    assert "the hub announced 614400 bytes" in refused()


def test_more_bytes_than_announced_are_refused(hub: Hub) -> None:
    hub.plan({"extra": 5000})
    assert "sends more of net.pt than it announced" in refused()


def test_a_hub_without_a_checksum_is_not_trusted(hub: Hub) -> None:
    hub.plan({"no_checksum": True}, method="HEAD")
    with pytest.raises(DownloadError, match=r"no checksum for settings\.json"):
        fetch(toy_model(SETTINGS_FILE))


def test_a_file_the_hub_does_not_have(hub: Hub) -> None:
    assert "answers 404" in refused(
        spec=toy_model(WeightFile(name="net.pt", repo="some/none", licence=TERMS))
    )


def test_terms_that_must_be_accepted_on_the_hub(hub: Hub) -> None:
    hub.plan({"status": 403}, method="HEAD")
    assert "only to people who logged in" in refused()


def test_a_refusal_that_does_not_pass(hub: Hub) -> None:
    hub.plan({"status": 451}, method="HEAD")
    assert "refuses net.pt with answer 451" in refused()


def test_server_errors_pass(hub: Hub) -> None:
    hub.plan({"status": 500}, {"status": 503}, method="HEAD")
    hub.plan({"status": 500}, {"status": 429})
    fetch()
    assert target().read_bytes() == CONTENT


def test_server_errors_that_stay_end_in_a_sentence(hub: Hub) -> None:
    hub.plan(*[{"status": 500}] * 3, method="HEAD")
    assert "net.pt cannot be had now" in refused()


def test_a_server_that_falls_silent_is_given_up(hub: Hub) -> None:
    hub.plan({"cut": 300_000, "stall": 1.0})
    download(
        toy_model(), accept_licence=TERMS.id, patience=Patience(timeout_seconds=0.2, backoff_seconds=0.01)
    )
    assert target().read_bytes() == CONTENT


def test_redirects_within_the_hub_are_followed(hub: Hub) -> None:
    hub.plan({"status": 307, "headers": {"Location": "/some/toy/resolve/main/deep/net.pt"}}, method="HEAD")
    fetch()
    assert target().read_bytes() == CONTENT


def test_redirects_in_circles_end(hub: Hub) -> None:
    hub.plan(*[{"loop": True}] * 10, method="HEAD")
    assert "in circles" in refused()


def test_redirects_to_other_protocols_are_not_followed(hub: Hub) -> None:
    hub.plan({"status": 302, "headers": {"Location": "file:///etc/hostname"}}, method="HEAD")
    assert "unprotected address" in refused()


def test_offline_is_said_at_once(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENSTAR_HUB", "http://127.0.0.1:9")
    waits: list[int] = []
    monkeypatch.setattr(Patience, "wait", lambda _self, failures, _cancel: waits.append(failures))
    assert "cannot be reached" in refused()
    assert not waits


def test_a_mirror_must_be_a_web_address(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENSTAR_HUB", "mirror.example.org")
    assert "EVENSTAR_HUB is 'mirror.example.org'" in refused()


def test_too_small_a_disk_is_said_before_the_first_byte(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_hub.shutil, "disk_usage", lambda _: SimpleNamespace(free=70 << 20))
    hub.plan({"linked_size": 8 << 30}, method="HEAD")
    assert "Toy needs 8.59 GB more" in refused(DiskFullError)
    assert hub.served() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_named(hub: Hub) -> None:
    target().parent.mkdir(parents=True)
    offer = Offer(url=hub.address, name="net.pt", n_bytes=len(CONTENT), checksum="0" * 64)
    part = PartFile(target(), offer)
    part.path.symlink_to("/dev/full")
    with pytest.raises(DiskFullError, match="is full: make room"):
        part.append([CONTENT])


def test_cancelling_keeps_what_came(hub: Hub) -> None:
    cancel = CancelToken()

    def stop(progress: WeightsProgress) -> None:
        if progress.done_bytes > 100_000:
            cancel.cancel()

    with pytest.raises(Cancelled):
        fetch(on_progress=stop, cancel=cancel)
    assert not target().exists()
    assert part_path(target()).stat().st_size > 100_000


def test_cancelling_is_heard_while_waiting(hub: Hub) -> None:
    cancel = CancelToken()
    hub.plan({"cut": 1000})
    patience = Patience(tries=5, backoff_seconds=60)
    with pytest.raises(Cancelled):
        download(toy_model(), lambda _: cancel.cancel(), cancel, accept_licence=TERMS.id, patience=patience)


@pytest.mark.parametrize("act", [verify, remove, lambda spec: import_files(spec, Path(__file__).parent)])
def test_a_folder_in_use_is_left_alone(hub: Hub, act: Callable[[ModelSpec], object], tmp_path: Path) -> None:
    fetch()
    spec = toy_model(WeightFile(name="net.pt", repo="some/toy", path=Path(__file__).name, licence=TERMS))
    with locked(folder_of(spec)), pytest.raises(ModelError, match="another Evenstar"):
        act(spec)
    assert target().read_bytes() == CONTENT


def test_the_application_may_know_the_checksum(hub: Hub) -> None:
    assert "another net.pt than the one known here" in refused(
        spec=toy_model(replace(NETWORK_FILE, sha256="0" * 64))
    )
    fetch(toy_model(replace(NETWORK_FILE, sha256=hashlib.sha256(CONTENT).hexdigest())))
    assert target().read_bytes() == CONTENT


def test_a_file_that_changed_on_the_hub_is_refused_until_the_model_is_removed(hub: Hub) -> None:
    fetch()
    target().unlink()
    hub.put("some/toy", "deep/net.pt", CONTENT[::-1])
    assert "remove the model first" in refused()
    remove(toy_model())
    fetch()
    assert target().read_bytes() == CONTENT[::-1]


def test_a_file_put_there_by_hand_is_adopted_instead_of_fetched(hub: Hub) -> None:
    target().parent.mkdir(parents=True)
    target().write_bytes(CONTENT)
    assert model_state(toy_model()) is FileState.UNCHECKED
    fetch()
    assert model_state(toy_model()) is FileState.PRESENT
    assert hub.served() == 0


def test_a_damaged_file_is_replaced(hub: Hub) -> None:
    fetch()
    target().write_bytes(bytes(len(CONTENT)))
    verify(toy_model())
    fetch()
    assert target().read_bytes() == CONTENT
    assert model_state(toy_model()) is FileState.PRESENT


def test_verify_finds_a_flipped_bit(hub: Hub) -> None:
    fetch()
    assert [file.state for file in verify(toy_model())] == [FileState.PRESENT]
    target().write_bytes(CONTENT[:-1] + b"\0")
    assert model_state(toy_model()) is FileState.UNCHECKED
    checked = verify(toy_model())[0]
    assert (checked.state, checked.needed) == (FileState.DAMAGED, hashlib.sha256(CONTENT).hexdigest())
    assert model_state(toy_model()) is FileState.DAMAGED
    with pytest.raises(ModelError, match="is damaged"):
        locate(toy_model(), NETWORK_FILE)


def test_a_file_of_another_size_is_damaged_without_reading_it(hub: Hub) -> None:
    fetch()
    target().write_bytes(CONTENT[:100])
    assert model_state(toy_model()) is FileState.DAMAGED


def test_an_imported_file_is_pinned_on_first_use(hub: Hub, tmp_path: Path) -> None:
    given = tmp_path / "net.pt"
    given.write_bytes(b"mine")
    taken = import_files(toy_model(), given)
    assert (taken[0].sha256, taken[0].needed) == (hashlib.sha256(b"mine").hexdigest(), None)
    assert model_state(toy_model()) is FileState.PRESENT
    given.write_bytes(b"another")
    with pytest.raises(ModelError, match=r"is not the net\.pt that is known here"):
        import_files(toy_model(), given)
    assert target().read_bytes() == b"mine"
    assert hub.log() == []


def test_a_folder_is_imported_by_the_repository_s_names(hub: Hub, tmp_path: Path) -> None:
    spec = toy_model(NETWORK_FILE, SETTINGS_FILE)
    (tmp_path / "copy/deep").mkdir(parents=True)
    (tmp_path / "copy/deep/net.pt").write_bytes(CONTENT)
    assert [file.name for file in import_files(spec, tmp_path / "copy")] == ["net.pt"]
    assert model_state(spec) is FileState.PARTIAL


def test_an_import_that_could_mean_two_files_is_refused(hub: Hub, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "net.pt").write_bytes(CONTENT)
    with pytest.raises(ModelError, match="could both be"):
        import_files(toy_model(), tmp_path)


@pytest.mark.parametrize(("made", "words"), [(None, "does not exist"), ("other.pt", "holds no file of Toy")])
def test_an_import_without_a_file_says_so(hub: Hub, tmp_path: Path, made: str | None, words: str) -> None:
    if made:
        (tmp_path / made).write_bytes(b"x")
    with pytest.raises(ModelError, match=words):
        import_files(toy_model(), tmp_path / (made or "nothing"))


def test_importing_from_the_folder_itself_checks_in_place(hub: Hub) -> None:
    target().parent.mkdir(parents=True)
    target().write_bytes(CONTENT)
    import_files(toy_model(), target())
    assert target().read_bytes() == CONTENT
    assert model_state(toy_model()) is FileState.PRESENT


def test_an_import_takes_the_place_of_an_unfinished_download(hub: Hub, tmp_path: Path) -> None:
    hub.plan(*[{"cut": 1000}] * 3)
    refused()
    (tmp_path / "net.pt").write_bytes(CONTENT)
    import_files(toy_model(), tmp_path / "net.pt")
    assert sorted(path.name for path in target().parent.iterdir()) == [".lock", "net.pt", "weights.json"]


def test_a_cancelled_import_leaves_nothing(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(CONTENT)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        import_files(toy_model(), tmp_path / "net.pt", cancel=cancel)
    assert [path.name for path in target().parent.iterdir()] == [".lock"]


def test_removing_frees_the_files_and_what_was_made_of_them(hub: Hub) -> None:
    fetch()
    made = converted_path(toy_model(), NETWORK_FILE)
    made.parent.mkdir()
    made.write_bytes(bytes(1000))
    assert remove(toy_model()) == len(CONTENT) + 1000
    assert model_state(toy_model()) is FileState.MISSING
    assert licence_accepted(toy_model())


def test_removing_spares_what_another_model_uses(hub: Hub) -> None:
    both, one = toy_model(NETWORK_FILE, SETTINGS_FILE), toy_model(SETTINGS_FILE, model="other")
    fetch(both)
    assert remove(both, [both, one]) == len(CONTENT)
    assert model_state(one) is FileState.PRESENT


def test_the_embedded_model_needs_nothing_and_cannot_go(hub: Hub) -> None:
    compact = spec_of("compact")
    download(compact)
    assert model_state(compact) is FileState.PRESENT
    assert verify(compact)[0].sha256 is not None
    with pytest.raises(ModelError, match="cannot be removed"):
        remove(compact)
    assert hub.log() == []


def test_an_unreadable_ledger_is_named(hub: Hub) -> None:
    fetch()
    (folder_of(toy_model()) / "weights.json").write_text("{")
    with pytest.raises(ModelError, match=r"weights\.json is damaged"):
        model_state(toy_model())


def test_a_folder_that_cannot_be_made_is_named(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EVENSTAR_WEIGHTS", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="cannot write to"):
        fetch()
