import cv2
import numpy as np
import pytest
import torch

from engine.device import is_out_of_memory
from engine.errors import ExportError, MemoryBudgetError

HUGE = 10**15
"""Values; no machine has so many."""


@pytest.mark.parametrize(
    "allocate",
    [
        lambda: torch.empty(HUGE),
        lambda: np.empty(HUGE),
        lambda: cv2.resize(np.zeros((2, 2), np.float32), (1 << 15, 1 << 20)),
    ],
    ids=["torch", "numpy", "opencv"],
)
def test_memory_that_is_not_there_is_recognised_by_what_libraries_really_raise(allocate: object) -> None:
    with pytest.raises(Exception, match=r"(?i)alloc") as found:
        allocate()  # type: ignore[operator]
    assert is_out_of_memory(found.value)


@pytest.mark.parametrize(
    "text",
    [
        "CUDA error: out of memory",
        "MPS backend out of memory (MPS allocated: 9 GB)",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "DefaultCPUAllocator: not enough memory: you tried to allocate 5 bytes.",
    ],
)
def test_memory_errors_of_devices_are_recognised_by_their_words(text: str) -> None:
    assert is_out_of_memory(RuntimeError(text))


def test_an_error_of_the_engine_counts_as_what_caused_it() -> None:
    error = ExportError("cannot be encoded as asked")
    assert not is_out_of_memory(error)
    error.__cause__ = MemoryError()
    assert is_out_of_memory(error)


@pytest.mark.parametrize(
    "error", [RuntimeError("shapes do not match"), ValueError("out of memory"), MemoryBudgetError("no")]
)
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not is_out_of_memory(error)
