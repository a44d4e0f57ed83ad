"""What can go wrong, one class per cause; a message names the thing, what was found and what is needed."""


class EngineError(Exception):
    """The job cannot be done; the message is one sentence for the person who asked."""


class SourceError(EngineError):
    """The source file cannot be restored: missing, unreadable, or without a film in it."""


class ExportError(EngineError):
    """The target cannot be written: unknown container, codec that does not open, or a disk that refuses."""


class SettingsError(EngineError):
    """A setting is outside what the model, the source or the target allows."""


class ModelError(EngineError):
    """A model is unknown, or its weights are missing, damaged or of another shape."""


class WeightsBusyError(ModelError):
    """Another process works on the weights; it is worth trying again."""


class DownloadError(EngineError):
    """Weights cannot be fetched: no connection, refused, of another length, or damaged on the way.

    No file has appeared under its final name; what had arrived undamaged is kept for the next try.
    """


class MemoryBudgetError(EngineError):
    """Even the smallest plan does not fit the memory there is."""


class StoreError(EngineError):
    """The segment store beside the target cannot be used: locked by another run, or damaged."""


class DiskFullError(EngineError):
    """The disk of the target has no room for what comes next; finished segments are kept."""


class VerificationError(EngineError):
    """The finished file does not keep what the source promised; it was not given its final name."""
