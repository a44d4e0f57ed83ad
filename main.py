"""`evenstar`: a command-line verb goes to engine.cli; anything else opens the window with the paths given."""

import os
import sys


def main() -> int:
    """Run Evenstar and return its exit code."""
    if getattr(sys, "frozen", False):
        _settle_frozen()
    arguments = sys.argv[1:]
    if arguments and arguments[0] == "--selftest":
        from app.selftest import selftest

        return selftest(as_json="--json" in arguments)
    if arguments and arguments[0] == "--first-paint":
        from app.launch import run

        return run([], first_paint=True)
    if arguments:
        from engine.cli import VERBS
        from engine.cli import main as run_cli

        if arguments[0] in VERBS or arguments[0].startswith("-"):
            return run_cli(arguments)
    from app.launch import run

    return run(arguments)


def _settle_frozen() -> None:
    """What an installed application needs before anything else."""
    import multiprocessing

    multiprocessing.freeze_support()  # the workers of a training start this program again
    _give_back_library_path()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # a program with a window has none on Windows
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def _give_back_library_path() -> None:
    """Programs that Evenstar starts (a file manager, the sleep inhibitor) use the system's libraries, not ours."""
    if "LD_LIBRARY_PATH_ORIG" in os.environ:
        os.environ["LD_LIBRARY_PATH"] = os.environ.pop("LD_LIBRARY_PATH_ORIG")
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)


if __name__ == "__main__":
    sys.exit(main())
