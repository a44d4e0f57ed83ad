"""What went wrong, said so that a person can act on it."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error as it crosses threads and restarts."""

    kind: str
    """Class name of the exception."""
    message: str
    """Its sentence."""
    details: str = ""
    """The traceback, for the Details button only."""

    @classmethod
    def of(cls, error: BaseException, details: str = "") -> "Failure":
        """The failure that an exception stands for."""
        return cls(kind=type(error).__name__, message=str(error) or type(error).__name__, details=details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a card shows: what happened, what was tried, what to do."""

    headline: str
    what: str
    tried: str
    todo: str


def explain(failure: Failure) -> Advice:
    """The advice for a failure, in the language of the window."""
    say = QCoreApplication.translate
    tried, todo = _advice(failure.kind)
    return Advice(
        headline=_headline(failure.kind),
        what=failure.message,
        tried=say("Advice", "Tried: {}").format(tried) if tried else "",
        todo=todo,
    )


def _headline(kind: str) -> str:
    say = QCoreApplication.translate
    return {
        "SourceError": say("Advice", "The source cannot be read"),
        "ExportError": say("Advice", "The result cannot be written"),
        "SettingsError": say("Advice", "A setting does not fit"),
        "ModelError": say("Advice", "The model is not ready"),
        "MemoryBudgetError": say("Advice", "Not enough memory"),
        "StoreError": say("Advice", "The saved progress cannot be used"),
        "DiskFullError": say("Advice", "The disk is full"),
        "VerificationError": say("Advice", "The finished file did not pass its check"),
    }.get(kind, say("Advice", "Something unexpected stopped the job"))


def _advice(kind: str) -> tuple[str, str]:
    say = QCoreApplication.translate
    known = {
        "SourceError": (
            say("Advice", "the whole container was read with damaged tags allowed."),
            say("Advice", "Check that the file plays elsewhere, or copy it again from where it came."),
        ),
        "ExportError": (
            say("Advice", "the encoder was opened with these settings."),
            say("Advice", "Choose another codec or folder under Export, then retry."),
        ),
        "SettingsError": ("", say("Advice", "Change the setting named above, then retry.")),
        "ModelError": (
            say("Advice", "the weights were looked for and checked."),
            say("Advice", "Open Models to see what is installed, or choose the compact model."),
        ),
        "MemoryBudgetError": (
            say("Advice", "smaller tiles and shorter windows, down to the smallest."),
            say("Advice", "Close other programs, choose a smaller target, or a tile size under Advanced."),
        ),
        "StoreError": (
            say("Advice", "the finished parts beside the target were opened."),
            say("Advice", "Close other copies of Evenstar, or cancel this job and start it again."),
        ),
        "DiskFullError": (
            say("Advice", "finished parts are kept."),
            say("Advice", "Free some space, then resume: it continues where it stopped."),
        ),
        "VerificationError": (
            say("Advice", "the finished film was opened and compared with its source."),
            say("Advice", "Retry; finished parts are used again. If it repeats, report it with the details."),
        ),
    }
    return known.get(
        kind,
        (
            say("Advice", "the job was ended so that nothing wrong was written."),
            say("Advice", "Retry. If it repeats, copy the details into a report."),
        ),
    )
