"""How damaged a source is, measured on its own frames."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.clip import SourceState

GRID = 8  # transform blocks of MPEG-1/2/4, JPEG and H.264 have edges on this grid
ACTIVE_ENERGY = 200.0  # low-frequency DCT energy of a block worth asking about, in squared levels
ENERGY_FLOOR = 0.5  # squared levels; rounding to 8 bit alone leaves about 1 per block

# Measured on procedural clips before and after x264 at CRF 10 to 33 and white noise of 1 to 4 levels:
BLOCKING_RAMP = (1.03, 1.10)  # blocking(): 0.93 to 1.03 never encoded, 1.03 to 1.5 encoded
SOFT_BLOCKING_RAMP = (1.0, 1.06)  # in soft pictures fainter block edges will do: deblocking hides them there
SOFT_RAMP = (-2.15, -1.8)  # detail_slope(): below the first nearly all is soft
DETAIL_RAMP = (-1.9, -1.3)  # detail_slope(): below the first only soft pictures, above the second crisp ones
NOISE_RAMP = (1.6, 3.0)  # noise_sigma(): 0 to 1.4 without noise, 1.7 to 2.7 with 4 levels of it
WORTH_KEEPING = (
    0.45  # the network's best value for sources that were encoded, or are noisy, but kept their detail
)


# A quantiser of H.264 up to the first leaves nothing to repair by itself, from the second on a picture is damaged.
QUANTISER_RAMP = (14.0, 24.0)
FINE_QUANTISER_SHARE = (
    0.35  # of the damage seen stays believed: a film may have been damaged before its last encode
)


def estimate_condition(frames: NDArray[np.uint8]) -> float:
    """The state of a source in [0, 1] by its frames alone, see source_state."""
    return source_state(frames).condition


def source_state(frames: NDArray[np.uint8], quantiser: float | None = None) -> SourceState:
    """How damaged a source is: 0 clean, 1 compressed to softness.

    frames: (T, H, W, 3) uint8 RGB, a handful of frames as decoded: a crop or a resize would move the grid.
    A source without block edges and noise counts as clean however soft it is; one with block edges counts
    the worse the less fine detail its codec left, and the less the finer its quantiser was.
    """
    luma = frames.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    slope = detail_slope(luma)
    crisp = _ramp(slope, SOFT_RAMP)
    on_grid, on_whole_blocks = blocking(luma), blocking(luma, whole_blocks=True)
    encoded = crisp * _ramp(on_grid, BLOCKING_RAMP) + (1 - crisp) * _ramp(on_whole_blocks, SOFT_BLOCKING_RAMP)
    if quantiser is not None:
        encoded *= FINE_QUANTISER_SHARE + (1 - FINE_QUANTISER_SHARE) * _ramp(quantiser, QUANTISER_RAMP)
    softness = 1 - _ramp(slope, DETAIL_RAMP)
    noise = noise_sigma(luma)
    by_codec = encoded * (WORTH_KEEPING + (1 - WORTH_KEEPING) * softness)
    condition = max(by_codec, _ramp(noise, NOISE_RAMP) * WORTH_KEEPING)
    return SourceState(
        condition=round(condition, 3), noise=round(noise, 2), blocking=round(on_grid, 2), quantiser=quantiser
    )


def blocking(luma: NDArray[np.float32], *, whole_blocks: bool = False) -> float:
    """How much likelier a small step lies on the block grid than anywhere off it: below 1 without blocks.

    A step shows as a third difference larger than those two pixels away; counting where that is so, instead
    of adding up sizes, keeps real edges from drowning the faint ones of a deblocked codec.
    Compared is with the likeliest place off the grid and off that of 4x4 transforms, so chance rarely wins.
    whole_blocks: steps in the middle of blocks count as chance too. A film that was encoded larger and then halved
    has as many there as on the grid, but is clean for its size. luma: (T, H, W) float in [0, 255].
    """
    shares = _step_shares(luma) + _step_shares(luma.swapaxes(1, 2))
    on_grid = (0,) if whole_blocks else (0, GRID // 2)
    return float(shares[0] / max(np.delete(shares, on_grid).max(), 1e-6))


def detail_slope(luma: NDArray[np.float32]) -> float:
    """Median log10(high / low DCT energy) of active 8x8 blocks, 0 without any; luma: (T, H, W) float."""
    order = np.add.outer(np.arange(GRID), np.arange(GRID))
    energy = _block_energies(luma)
    low = energy[:, (order > 0) & (order <= 3)].sum(1)
    high = energy[:, order >= 8].sum(1)
    active = low > ACTIVE_ENERGY
    return float(np.median(np.log10((high[active] + ENERGY_FLOOR) / low[active]))) if active.any() else 0.0


def noise_sigma(luma: NDArray[np.float32]) -> float:
    """Noise in levels where the picture is quietest (tenth percentile of local means), (T, H, W) float.

    Immerkaer (1996), equations 2 and 5: the mean absolute response of a Laplacian difference.
    """
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    responses = (cv2.boxFilter(np.abs(cv2.filter2D(frame, -1, mask)), -1, (GRID, GRID)) for frame in luma)
    sigmas = [response[4:-4:4, 4:-4:4] * np.sqrt(np.pi / 2) / 6 for response in responses]
    return float(np.percentile(np.stack(sigmas), 10))


def _step_shares(luma: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of steps among the column borders at 0..7 pixels from the block grid, (8,)."""
    third = np.abs(luma[:, :, 3:] - 3 * luma[:, :, 2:-1] + 3 * luma[:, :, 1:-2] - luma[:, :, :-3])
    is_step = third[:, :, 2:-2] > np.maximum(third[:, :, :-4], third[:, :, 4:])
    first = 4  # the border left of column 4 is the first with two neighbours on either side
    return np.array([is_step[:, :, (phase - first) % GRID :: GRID].mean() for phase in range(GRID)])


def _block_energies(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared DCT-II coefficients of the whole 8x8 blocks, (blocks, 8, 8)."""
    n_frames, height, width = luma.shape
    whole = luma[:, : height - height % GRID, : width - width % GRID]
    blocks = whole.reshape(n_frames, height // GRID, GRID, width // GRID, GRID).swapaxes(2, 3)
    at = np.arange(GRID)
    cosines = np.cos((2 * at[None] + 1) * at[:, None] * np.pi / (2 * GRID)) * np.sqrt(2 / GRID)
    cosines[0] /= np.sqrt(2)
    basis = cosines.astype(np.float32)
    return (basis @ blocks.reshape(-1, GRID, GRID) @ basis.T) ** 2


def _ramp(value: float, ends: tuple[float, float]) -> float:
    """0 below the first end, 1 above the second, linear between."""
    low, high = ends
    return min(1.0, max(0.0, (value - low) / (high - low)))
