"""Makes the guide's pictures again: crops of a restored frame along the slider, and the window in both languages.

    python resources/help/make_pictures.py beta
    xvfb-run -a -s "-screen 0 1440x900x24" python tests/app/screenshots.py SHOTS resources/demo/clip.mp4 en  # or de
    python resources/help/make_pictures.py window SHOTS en

The pictures along the slider show the demo clip restored by the embedded model, and hold no words: all languages
share them. Pictures of the window lie beside the pages of their language.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

HELP = Path(__file__).parent
DEMO = HELP.parent / "demo" / "clip.mp4"
BETAS = (0.0, 0.5, 1.0, 1.5, 2.0)
CROPS = {"slider_house": (20, 129, 112), "slider_sky": (20, 195, 60)}
"""Name of a picture -> frame, left and top in source pixels."""
CROP = 58
"""Source pixels a side."""
GAP = 6
QUALITY = 82
WINDOW_WIDTH = 1100
SHOTS = {
    "01_empty": "empty",
    "02_wipe": "wipe",
    "03_side": "side",
    "04_difference": "difference",
    "05_betas": "looks",
    "05_profile": "profile",
    "06_running": "queue",
    "07_report": "report",
    "08_batch": "batch",
    "10_models_terms": "models",
}
"""State of the window, as tests/app/screenshots.py calls it -> name of the picture."""

Picture = NDArray[np.uint8]


def slider() -> None:
    """Two rows for each crop: plain enlargement, then the restored frame from perception to fidelity."""
    sys.path.insert(0, str(HELP.parent.parent))
    from app.pictures import lanczos
    from engine.cancel import CancelToken
    from engine.job import Job
    from engine.media.probe import probe
    from engine.media.survey import survey
    from engine.preview import live_frame
    from engine.settings import RestorationSettings

    job = Job(source=DEMO, target=DEMO.with_name("never.mkv"), restoration=RestorationSettings(scale=4))
    clip = probe(DEMO)
    index = survey(clip, cancel=CancelToken())
    for name, (number, left, top) in CROPS.items():
        frame = live_frame(job, number)
        source = _source_frame(clip, index, number)
        plain = lanczos(source, clip.width * 4, clip.height * 4)
        pictures = [plain, *(frame.blend(beta) for beta in BETAS)]
        area = (slice(top * 4, (top + CROP) * 4), slice(left * 4, (left + CROP) * 4))
        crops = [picture[area] for picture in pictures]
        rows = np.concatenate([_row(crops[:3]), _row(crops[3:])], axis=0)[:-GAP]
        _save(rows, HELP / "pictures" / f"{name}.jpg")


def window(shots: Path, language: str) -> None:
    """The states of the window that the pages show."""
    for state, name in SHOTS.items():
        shot = cv2.imread(str(shots / f"{state}_1440x900_dark.png"))
        assert shot is not None, f"there is no picture of {state} in {shots}"
        height = round(shot.shape[0] * WINDOW_WIDTH / shot.shape[1])
        small = cv2.resize(shot, (WINDOW_WIDTH, height), interpolation=cv2.INTER_AREA)
        _write(np.asarray(small, np.uint8), HELP / language / "pictures" / f"{name}.jpg")


def _source_frame(clip: object, index: object, number: int) -> Picture:
    from engine.media.reader import Reader

    with Reader(clip, index, deep=False, deinterlace=False) as reader:  # type: ignore[arg-type]
        return np.asarray(next(iter(reader.read(number, number + 1, batch=1))).pixels[0], np.uint8)


def _row(pictures: list[Picture]) -> Picture:
    gap = np.full((pictures[0].shape[0], GAP, 3), 46, np.uint8)
    row = np.concatenate([part for picture in pictures for part in (picture, gap)][:-1], axis=1)
    return np.concatenate([row, np.full((GAP, row.shape[1], 3), 46, np.uint8)], axis=0)


def _save(rgb: Picture, path: Path) -> None:
    _write(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8), path)


def _write(bgr: Picture, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


if __name__ == "__main__":
    if sys.argv[1:2] == ["beta"]:
        slider()
    else:
        window(Path(sys.argv[2]), sys.argv[3])
