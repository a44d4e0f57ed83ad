"""What went wrong, said so that a person can act on it."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.engine_words import in_words


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
    translate = QCoreApplication.translate
    tried, todo = _advice(failure.kind)
    return Advice(
        headline=_headline(failure.kind),
        what=in_words(failure.message),
        tried=translate("Advice", "Tried: {}").format(tried) if tried else "",
        todo=todo,
    )


def _headline(kind: str) -> str:
    translate = QCoreApplication.translate
    return {
        "SourceError": translate("Advice", "The source cannot be read"),
        "ExportError": translate("Advice", "The result cannot be written"),
        "SettingsError": translate("Advice", "A setting does not fit"),
        "ModelError": translate("Advice", "The model is not ready"),
        "WeightsBusyError": translate("Advice", "The model is in use elsewhere"),
        "DownloadError": translate("Advice", "The model could not be downloaded"),
        "MemoryBudgetError": translate("Advice", "Not enough memory"),
        "StoreError": translate("Advice", "The saved progress cannot be used"),
        "DiskFullError": translate("Advice", "The disk is full"),
        "AdaptError": translate("Advice", "The training stopped early"),
        "VerificationError": translate("Advice", "The finished file did not pass its check"),
    }.get(kind, translate("Advice", "Something unexpected stopped the job"))


def _advice(kind: str) -> tuple[str, str]:
    translate = QCoreApplication.translate
    known = {
        "SourceError": (
            translate("Advice", "the whole container was read with damaged tags allowed."),
            translate("Advice", "Check that the file plays elsewhere, or copy it again from where it came."),
        ),
        "ExportError": (
            translate("Advice", "the encoder was opened with these settings."),
            translate("Advice", "Choose another codec or folder under Export, then retry."),
        ),
        "SettingsError": ("", translate("Advice", "Change the setting named above, then retry.")),
        "AdaptError": (
            "",
            translate(
                "Advice",
                "Start again with the same folder, name and size: it goes on with what was saved last.",
            ),
        ),
        "ModelError": (
            translate("Advice", "the weights were looked for and checked."),
            translate("Advice", "Open Models to see what is installed, or choose the compact model."),
        ),
        "WeightsBusyError": (
            translate("Advice", "nothing in the weights folder was changed."),
            translate("Advice", "Wait until the other Evenstar is done with them, then retry."),
        ),
        "DownloadError": (
            translate("Advice", "what has arrived is kept."),
            translate("Advice", "Check the connection, then retry: it goes on where it broke off."),
        ),
        "MemoryBudgetError": (
            translate("Advice", "smaller tiles and shorter windows, down to the smallest."),
            translate(
                "Advice", "Close other programs, choose a smaller target, or a tile size under Advanced."
            ),
        ),
        "StoreError": (
            translate("Advice", "the finished parts beside the target were opened."),
            translate("Advice", "Close other copies of Evenstar, or cancel this job and start it again."),
        ),
        "DiskFullError": (
            translate("Advice", "finished parts are kept."),
            translate("Advice", "Free some space, then resume: it continues where it stopped."),
        ),
        "VerificationError": (
            translate("Advice", "the finished film was opened and compared with its source."),
            translate(
                "Advice", "Retry; finished parts are used again. If it repeats, report it with the details."
            ),
        ),
    }
    return known.get(
        kind,
        (
            translate("Advice", "the job was ended so that nothing wrong was written."),
            translate("Advice", "Retry. If it repeats, copy the details into a report."),
        ),
    )
