"""Grain: fine texture above the lq's Nyquist frequency, the same for a pixel of a frame however it is tiled."""

import hashlib

import torch
from torch import Tensor

TABLE_SIDE = 512  # output pixels before the pattern repeats
TABLE_SEED = 6
SLOPE = 1.5  # amplitude falls as 1 / f**SLOPE, like the fine detail of film that was not sharpened


def grain_table(scale: int) -> Tensor:
    """A periodic field of unit variance without anything below the lq's Nyquist frequency.

    (TABLE_SIDE, TABLE_SIDE) float32, CPU; always the same for a scale.
    """
    white = torch.randn((TABLE_SIDE, TABLE_SIDE), generator=torch.Generator().manual_seed(TABLE_SEED))
    rows, columns = torch.fft.fftfreq(TABLE_SIDE)[:, None], torch.fft.rfftfreq(TABLE_SIDE)[None]
    radius = torch.hypot(rows, columns)
    kept = torch.where(radius > 0.5 / scale, radius.clamp(min=0.5 / scale) ** -SLOPE, torch.zeros(()))
    field = torch.fft.irfft2(torch.fft.rfft2(white) * kept, s=(TABLE_SIDE, TABLE_SIDE))
    return field / field.std()


def frame_grain(table: Tensor, seed: int, frame: int, rows: range, columns: range) -> Tensor:
    """The grain of one rectangle of an output frame, (1, len(rows), len(columns)), on the table's device.

    A pure function of the job's seed, the absolute frame and the absolute output pixels: every frame sees the
    table from another place and side, so that grain never sticks to the screen.
    """
    digest = hashlib.blake2b(f"{seed}/grain/{frame}".encode(), digest_size=5).digest()
    top, left = (int.from_bytes(digest[at : at + 2], "little") for at in (0, 2))
    sign_y, sign_x = (-1 if digest[4] & bit else 1 for bit in (1, 2))
    y = (sign_y * torch.arange(rows.start, rows.stop, device=table.device) + top) % TABLE_SIDE
    x = (sign_x * torch.arange(columns.start, columns.stop, device=table.device) + left) % TABLE_SIDE
    return table[y][:, x][None]
