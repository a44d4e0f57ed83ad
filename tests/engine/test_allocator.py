"""Freed memory is used again: large tensors of a thread cost no fresh pages, and all of it can be given back."""

import subprocess
import sys

import pytest

from engine.allocator import keep_freed

PROGRAM = """
import resource, sys, threading
from engine.allocator import give_back, keep_freed
if sys.argv[1] == "keeps":
    assert keep_freed() and keep_freed()
import torch

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def resident():
    fields = dict(line.split(":", 1) for line in open("/proc/self/status"))
    return int(fields["VmRSS"].split()[0]) // 1024

def frames():
    for _ in range(8):
        torch.ones(12 << 20)
    before = faults()
    for _ in range(12):
        torch.ones(12 << 20)
    print((faults() - before) * resource.getpagesize() // 12)

thread = threading.Thread(target=frames)
thread.start()
thread.join()
kept = resident()
give_back()
print(kept - resident())
"""

gnu = pytest.mark.skipif(not keep_freed(), reason="freed memory is kept with the GNU C library only")


def told(how: str) -> tuple[float, int]:
    """Fresh bytes for each tensor of 48 MB in a thread, and MB that went back at the end."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True, timeout=120
    )
    n_bytes, n_megabytes = run.stdout.split()
    return int(n_bytes), int(n_megabytes)


@gnu
def test_large_tensors_of_a_thread_come_from_memory_that_was_freed() -> None:
    """Not every one: what aligned blocks leave over may be taken by a small one."""
    as_it_is, _ = told("as it is")
    kept, n_megabytes = told("keeps")
    assert kept < 0.5 * as_it_is
    assert n_megabytes >= 48
