"""Dask's own pages: offered where they can be opened, and on the loopback address."""

from collections.abc import Callable
from urllib.request import urlopen

import psutil
import pytest

from engine.cluster.console import _Show
from engine.cluster.hands import Hands, remote_hands
from tests.engine.cluster.test_elsewhere import scheduler_with, started  # noqa: F401  (fixtures)

ScheduledWith = Callable[[tuple[str, ...]], str]


def listening(*pids: int) -> set[str]:
    """The addresses at which these processes can be reached."""
    found = [c for pid in pids for c in psutil.Process(pid).net_connections("inet")]
    return {connection.laddr.ip for connection in found if connection.status == psutil.CONN_LISTEN}


def test_the_coordinators_pages_open_and_only_this_machine_reaches_them(hands: Hands) -> None:
    with urlopen(hands.dashboard, timeout=30) as page:
        assert page.status == 200
        assert b"Dask Diagnostic UI" in page.read()
    assert listening(psutil.Process().pid, *hands.pids) == {"127.0.0.1"}


def test_the_pages_of_a_scheduler_by_dasks_command_open(
    scheduler_with: ScheduledWith,  # noqa: F811
    started: list[psutil.Popen],  # noqa: F811
) -> None:
    """With the options of the README."""
    address = scheduler_with(("--dashboard-address", "127.0.0.1:0"))
    with remote_hands(address) as hands, urlopen(hands.dashboard, timeout=30) as page:
        assert page.status == 200
    assert listening(started[0].pid) == {"127.0.0.1"}


def test_where_there_are_no_pages_it_is_said_how_to_get_them(
    scheduler_with: ScheduledWith,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    with remote_hands(scheduler_with(("--no-dashboard",))) as hands:
        assert hands.dashboard == ""
        _Show([], as_json=False, quiet=False).begin(hands.address, hands.dashboard)
    assert "no dashboard (it needs bokeh beside the scheduler: pip install" in " ".join(
        capsys.readouterr().err.split()
    )
