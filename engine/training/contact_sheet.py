"""Every degradation at the ends of its range, side by side, for the eye."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from engine.training import degrade
from engine.training.dead_leaves import render_clip
from engine.training.textures import texture_bank

SIDE = 192  # pixels of a picture
N_FRAMES = 5
CAPTION = 16

Operation = Callable[[np.ndarray], np.ndarray]


def operations(seed: int) -> dict[str, Operation]:
    """Every named operation at a mild and a strong place: (T, h, w, 3) uint8 both ways."""

    def on_float(operation: Operation) -> Operation:
        return lambda frames: degrade.to_uint8(operation(frames.astype(np.float32)))

    def drawn(operation: Callable[[np.random.Generator, np.ndarray], np.ndarray], number: int) -> Operation:
        return on_float(lambda frames: operation(np.random.default_rng((seed, number)), frames))

    def resized(kind: str, ratio: float) -> Operation:
        def there_and_back(frames: np.ndarray) -> np.ndarray:
            small = degrade.resize(frames, int(SIDE / ratio), int(SIDE / ratio), kind)
            return degrade.resize(small, SIDE, SIDE, "bicubic")

        return on_float(there_and_back)

    kernels = (("blur 0.6", 0.6), ("blur 3.2", 3.2))
    found: dict[str, Operation] = {"untouched": lambda frames: frames}
    found |= {name: on_float(lambda f, s=sigma: degrade.gaussian(f, s)) for name, sigma in kernels}
    found["blur, drawn"] = drawn(degrade.blur, 3)
    found |= {f"{kind} / {r}": resized(kind, r) for kind in degrade.RESIZE_KINDS for r in (2, 4)}
    found |= {f"noise, drawn {n}": drawn(degrade.add_noise, n) for n in (1, 2, 3)}
    found |= {f"sharpened {a}": on_float(lambda f, a=a: degrade.sharpen(f, a, 1.0)) for a in (0.4, 1.0)}
    found |= {f"ringing {c}": on_float(lambda f, c=c: degrade.ringing(f, c)) for c in (0.85, 0.5)}
    found["interlaced"] = on_float(degrade.interlaced)
    found["chroma / 2.5"] = on_float(lambda frames: degrade.chroma(frames, 2.5, 1))
    found |= {f"JPEG {q}": lambda frames, q=q: degrade.jpeg(frames, q) for q in (90, 40)}
    for name, (_, what, best, worst) in degrade.CODECS.items():
        found |= {
            f"{name} {what} {q}": lambda f, n=name, q=q: degrade.encoded(f, n, q) for q in (best, worst)
        }
    return found


def write_contact_sheet(path: Path, seed: int = 1, columns: int = 6) -> None:
    """Write the middle frame of a procedural clip after every operation, and after whole chains, as a picture."""
    rng = np.random.default_rng(seed)
    bank = texture_bank(rng, 256, 8)
    clip = render_clip(np.random.default_rng((seed, 0)), bank, N_FRAMES, SIDE)
    tiles = [_tile(operation(clip), name) for name, operation in operations(seed).items()]
    for name, chain in (("clean", degrade.clean_lq), ("light", degrade.light_lq), ("real", degrade.real_lq)):
        for number in range(2 if name != "real" else 6):
            lq, condition = chain(np.random.default_rng((seed, number)), clip, 2)
            shown = np.stack([cv2.resize(f, (SIDE, SIDE), interpolation=cv2.INTER_NEAREST) for f in lq])
            tiles.append(_tile(shown, f"chain: {name} {condition:.2f}"))
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % columns)
    rows = [np.concatenate(tiles[at : at + columns], 1) for at in range(0, len(tiles), columns)]
    unfinished = path.with_name(f"{path.stem}.part{path.suffix}")
    if not cv2.imwrite(str(unfinished), cv2.cvtColor(np.concatenate(rows), cv2.COLOR_RGB2BGR)):
        raise OSError(f"{path} cannot be written")
    unfinished.replace(path)


def _tile(frames: np.ndarray, name: str) -> np.ndarray:
    """The middle frame under its name."""
    tile = np.full((SIDE + CAPTION, SIDE + 4, 3), 255, np.uint8)
    tile[CAPTION:, :SIDE] = frames[len(frames) // 2]
    cv2.putText(tile, name, (2, CAPTION - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (0, 0, 0), 1, cv2.LINE_AA)
    return tile
