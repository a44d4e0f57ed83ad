"""`evenstar`: a command-line verb goes to engine.cli; anything else opens the window with the paths given."""

import sys


def main() -> int:
    """Run Evenstar and return its exit code."""
    arguments = sys.argv[1:]
    from engine.cli import VERBS
    from engine.cli import main as run_cli

    if arguments and (arguments[0] in VERBS or arguments[0].startswith("-")):
        return run_cli(arguments)
    from app.launch import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
