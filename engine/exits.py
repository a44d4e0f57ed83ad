"""What a command ends with."""

from engine.errors import EngineError, SettingsError

EXIT_FAILED = 1
EXIT_ARGUMENTS = 2
EXIT_CANCELLED = 130


def exit_code(error: EngineError) -> int:
    """Return 2 for what the person asked for wrongly, 1 for what failed."""
    return EXIT_ARGUMENTS if isinstance(error, SettingsError) else EXIT_FAILED
