"""Memory that was freed is used again instead of being asked of the system anew.

The GNU C library gives blocks above 32 MB, and the pages of threads, back to the system as soon as they are free, and
the system fills every page with zeros when it is asked for them again a moment later. A network that computes on the
processor takes and frees hundreds of megabytes a frame (BENCHMARKS.md, "The network's cost"). Other C libraries are
left alone.
"""

import ctypes
import sys
from functools import cache

# malloc.h: M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX, M_ARENA_MAX
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_MOST_KEPT = 2**31 - 1
"""Bytes; the largest number that mallopt takes."""
_GROWTH = 64 << 20
"""Bytes by which the process grows at a time."""


@cache
def keep_freed() -> bool:
    """Let this process keep up to 2 GB of freed memory, until give_back(); True where the C library can do so.

    To be called before other threads compute: threads share one pool from then on. Later calls change nothing.
    """
    library = _gnu_c_library()
    if library is None:
        return False
    options = ((_ARENA_MAX, 1), (_MMAP_MAX, 0), (_TRIM_THRESHOLD, _MOST_KEPT), (_TOP_PAD, _GROWTH))
    taken = [library.mallopt(option, value) == 1 for option, value in options]
    return all(taken)


def give_back() -> None:
    """Give what is free back to the system: when a job has ended, not between its frames."""
    library = _gnu_c_library()
    if library is not None:
        library.malloc_trim(0)


@cache
def _gnu_c_library() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") else None
