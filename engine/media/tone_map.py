"""HDR pictures become SDR ones: light as a display would show it, its highlights rolled off, in BT.709.

FFmpeg's scaler clips at 203 cd/m2 and the wheel of PyAV has no zscale, so the mapping is our own: PQ (SMPTE
ST 2084) or HLG (ITU-R BT.2100) to light, the roll-off of ITU-R BT.2390-10 (section 5.4.1) on the brightest
component, which keeps hues, BT.2020 to BT.709 primaries (ITU-R BT.2087), and the inverse of BT.1886.
"""

import struct
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.clip import Clip
from engine.media.frames import Pixels

SDR_WHITE = 203.0
"""cd/m2 of diffuse white in HDR (ITU-R BT.2408): what SDR shows as its white."""
_USUAL_PEAK = 1000.0
"""cd/m2 of a master that does not say; HLG's nominal peak too."""
_PQ_PEAK = 10000.0
_HLG = 18
_GAMMA = 2.4  # BT.1886, for a display whose black is black

# SMPTE ST 2084: m1, m2, c1, c2, c3.
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
# ITU-R BT.2100, HLG: a, b, c.
_A = 0.17883277
_B, _C = 1 - 4 * _A, 0.5 - _A * np.log(4 * _A)
_LUMA_2020 = np.array([0.2627, 0.6780, 0.0593], np.float32)
# ITU-R BT.2087-0, linear BT.2020 to linear BT.709.
_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
)


class ToneMap:
    """Maps the pictures of one clip; its peak comes from the clip's own HDR metadata."""

    def __init__(self, clip: Clip) -> None:
        self._is_hlg = clip.color.transfer == _HLG
        self._wide = clip.color.primaries == 9
        self.peak = _USUAL_PEAK if self._is_hlg else _peak(clip)
        """Brightest light of the master, cd/m2."""

    def __call__(self, rgb: Pixels) -> Pixels:
        """Return HDR (H, W, 3) uint8 or uint16 RGB as BT.709 RGB of the same dtype, full range."""
        top = np.iinfo(rgb.dtype).max
        light = self._light(rgb)
        brightest = light.max(axis=-1, keepdims=True)
        rolled = _rolled_off(self.peak)
        scale = np.interp(brightest, rolled[0], rolled[1]).astype(np.float32)
        light *= scale / SDR_WHITE
        if self._wide:
            light = light @ _TO_709.T
        np.clip(light, 0.0, 1.0, out=light)
        np.power(light, np.float32(1 / _GAMMA), out=light)
        return np.rint(light * np.float32(top)).astype(rgb.dtype)

    def _light(self, rgb: Pixels) -> NDArray[np.float32]:
        """Display light in cd/m2, (H, W, 3) float32."""
        table = _hlg_table() if self._is_hlg else _pq_table()
        codes = rgb.astype(np.uint16) * np.uint16(257) if rgb.dtype == np.uint8 else rgb
        light = table[codes]
        if self._is_hlg:
            # BT.2100: the display's gamma is 1.2 at 1000 cd/m2, on luminance.
            luminance = np.maximum(light @ _LUMA_2020, 1e-6)[..., None]
            light = _USUAL_PEAK * light * np.power(luminance, np.float32(0.2))
        return light


def pq_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the light of PQ signals in [0, 1], cd/m2 (SMPTE ST 2084, the EOTF)."""
    power = np.power(signal, 1 / _M2)
    return _PQ_PEAK * np.power(np.maximum(power - _C1, 0) / (_C2 - _C3 * power), 1 / _M1)


def pq_signal(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the PQ signal in [0, 1] of light in cd/m2, the inverse of pq_light."""
    power = np.power(np.maximum(light, 0) / _PQ_PEAK, _M1)
    return np.power((_C1 + _C2 * power) / (1 + _C3 * power), _M2)


def _peak(clip: Clip) -> float:
    """The content's brightest light where it says so, else its mastering display's, else the usual."""
    if clip.content_light is not None and len(clip.content_light) >= 4:
        brightest = float(struct.unpack_from("=I", clip.content_light)[0])
        if SDR_WHITE <= brightest <= _PQ_PEAK:
            return brightest
    if clip.mastering_display is not None and len(clip.mastering_display) >= 88:
        numbers = struct.unpack_from("=22i", clip.mastering_display)
        if numbers[21] and numbers[19]:
            display = numbers[18] / numbers[19]
            if SDR_WHITE <= display <= _PQ_PEAK:
                return display
    return _USUAL_PEAK


@lru_cache(maxsize=8)
def _rolled_off(peak: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Light in cd/m2, and the factor that brings it under SDR_WHITE (BT.2390-10, 5.4.1, black at 0)."""
    light = np.concatenate([[0.0], np.geomspace(0.01, _PQ_PEAK, 2048)])
    source_top = pq_signal(np.array(peak))
    e1 = np.minimum(pq_signal(light) / source_top, 1.0)
    most = float(pq_signal(np.array(SDR_WHITE)) / source_top)
    knee = 1.5 * most - 0.5
    t = np.clip((e1 - knee) / max(1 - knee, 1e-6), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * most
    )
    mapped = pq_light(np.where(e1 < knee, e1, spline) * source_top)
    factor = np.ones_like(light)
    factor[1:] = mapped[1:] / light[1:]
    return light, factor


@lru_cache(maxsize=1)
def _pq_table() -> NDArray[np.float32]:
    return pq_light(np.arange(65536) / 65535).astype(np.float32)


@lru_cache(maxsize=1)
def _hlg_table() -> NDArray[np.float32]:
    """Scene light in [0, 1] of 16-bit HLG codes (BT.2100, the inverse OETF)."""
    signal = np.arange(65536) / 65535
    low, high = signal**2 / 3, (np.exp((signal - _C) / _A) + _B) / 12
    return np.where(signal <= 0.5, low, high).astype(np.float32)
