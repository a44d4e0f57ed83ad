"""Published weight files, converted once into ours, and found again by what they were made of."""

from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError

from engine.cancel import CancelToken
from engine.errors import ModelError
from engine.models.spec import ModelSpec, WeightFile
from engine.models.weights_folder import (
    converted_path,
    folder_of,
    locate,
    locked,
    read_ledger,
    record,
    sha256_of,
)

Convert = Callable[[Path, Path], str]
"""convert(published, target) writes target, whole or not at all, and gives its sha256."""


def converted(spec: ModelSpec, file: WeightFile, convert: Convert) -> tuple[Path, str]:
    """Return our form of a published file, made on the first call, and its sha256.

    It is made again when the published file is another one than it was made of, or when it was touched by
    somebody else and has other bytes. Raises ModelError: the published file is missing, unchecked or not what
    the model needs; another process holds the folder; nothing is left behind then.
    """
    published = locate(spec, file)
    folder, target = folder_of(spec), converted_path(spec, file)
    origin = f"made of {read_ledger(folder).files[file.name].sha256}"
    known = read_ledger(folder).files.get(target.name)
    if known is not None and known.origin == origin and target.is_file():
        facts = target.stat()
        if (facts.st_size, facts.st_mtime_ns) == (known.n_bytes, known.mtime_ns):
            return target, known.sha256
        if sha256_of(target, lambda _: None, CancelToken()) == known.sha256:
            return target, known.sha256
    with locked(folder):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            sha256 = convert(published, target)
        except (OSError, SafetensorError) as error:
            raise ModelError(f"cannot convert {file.name}: {error}") from error
        record(folder, target, sha256, origin)
    return target, sha256
