"""The token a person's "stop" travels in."""


class Cancelled(Exception):  # noqa: N818  (an outcome, not an error: CONVENTIONS 7)
    """The job was stopped on request; finished segments are kept."""


class CancelToken:
    """A flag that one thread sets and others check once per solver step and per batch of frames.

    Setting an attribute is atomic in CPython, so no lock is needed.
    """

    __slots__ = ("_cancelled",)

    def __init__(self) -> None:
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """True once somebody asked for the end."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask the job to stop at the next check; may be called from any thread or a signal handler."""
        self._cancelled = True

    def check(self) -> None:
        """Return at once, or raise Cancelled when the end was asked for."""
        if self._cancelled:
            raise Cancelled("the job was stopped on request")
