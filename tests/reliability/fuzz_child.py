"""Reads mutants in a process of its own with little memory and time: `python -m tests.reliability.fuzz_child FILES`.

Prints "begin FILE" and "end FILE" around each; the parent sees at which one the process died.
"""

import resource
import signal
import sys
from pathlib import Path

from engine.cancel import CancelToken
from engine.errors import EngineError
from engine.media.probe import probe
from engine.media.reader import Reader
from engine.media.survey import notices, survey

ADDRESS_SPACE = 3 << 30
"""Bytes; libraries alone map about 1 GB."""
SECONDS = 30
"""For one mutant, on a busy machine; the default action of SIGALRM ends a process that hangs in C."""


def read(path: Path) -> str:
    """Do with a file what a job does before its first frame is restored."""
    try:
        clip = probe(path)
        index = survey(clip, cancel=CancelToken())
        notices(clip, index)
        with Reader(clip, index, deep=clip.bit_depth > 8, deinterlace=False) as reader:
            for _ in reader.read(0, min(len(index), 4)):
                pass
    except EngineError as error:
        return f"refused: {error}"
    return "read"


def main() -> None:
    """Read every mutant."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for name in sys.argv[1:]:
        sys.stdout.write(f"begin {name}\n")
        sys.stdout.flush()
        signal.alarm(SECONDS)
        outcome = read(Path(name))
        signal.alarm(0)
        sys.stdout.write(f"end {name} {outcome.splitlines()[0]}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
