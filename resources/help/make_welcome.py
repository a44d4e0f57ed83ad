"""Makes welcome.jpg: a part of a frame of the demo clip, on the left as it was, on the right restored at beta 1.

python resources/help/make_welcome.py [FRAME]
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from engine.cancel import CancelToken
from engine.job import Job
from engine.preview import live_frame
from engine.settings import RestorationSettings

HERE = Path(__file__).parent
WIDTH, HEIGHT = 1344, 372
LEFT, TOP = 0.24, 0.44
"""Of the part that is shown, in parts of the frame; it is shown pixel by pixel."""
ACCENT = (80, 176, 224)
"""The window's gold, BGR."""


def main(frame: int) -> None:
    """Write the picture beside this file."""
    clip = HERE.parent / "demo" / "clip.mp4"
    job = Job(source=clip, target=clip.with_suffix(".unused.mkv"), restoration=RestorationSettings(scale=4.0))
    restored = cv2.cvtColor(live_frame(job, frame, CancelToken()).blend(1.0), cv2.COLOR_RGB2BGR)
    reader = cv2.VideoCapture(str(clip))
    reader.set(cv2.CAP_PROP_POS_FRAMES, frame)
    found, source = reader.read()
    if not found:
        raise SystemExit(f"{clip.name} has no frame {frame}")
    height, width = restored.shape[:2]
    before = cv2.resize(source, (width, height), interpolation=cv2.INTER_LINEAR)
    left, top = round(LEFT * width), round(TOP * height)
    part = (slice(top, top + HEIGHT), slice(left, left + WIDTH // 2))
    both = np.hstack([before[part], restored[part]])
    cv2.line(both, (WIDTH // 2, 0), (WIDTH // 2, HEIGHT), ACCENT, 2)
    cv2.imwrite(str(HERE / "welcome.jpg"), both, [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
