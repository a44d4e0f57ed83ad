"""LPIPS by its published definition; the weights are fetched when somebody asks for them, never bundled."""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from engine.errors import DownloadError, EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class LpipsFile:
    """One of the two files that LPIPS needs."""

    name: str
    url: str
    sha256: str
    licence: str


BACKBONE = LpipsFile(
    name="alexnet-owt-7be5be79.pth",
    url="https://download.pytorch.org/models/alexnet-owt-7be5be79.pth",
    sha256="7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
    licence="BSD-3-Clause (torchvision), 244 MB",
)
HEADS = LpipsFile(
    name="lpips_v0.1_alex.pth",
    url="https://raw.githubusercontent.com/richzhang/PerceptualSimilarity/master/lpips/weights/v0.1/alex.pth",
    sha256="df73285e35b22355a2df87cdb6b70b343713b667eddbda73e1977e0c860835c0",
    licence="BSD-2-Clause (Zhang et al.), 6 KB",
)

# AlexNet's five convolutions, their numbers in torchvision's `features`: stride, padding, max-pooled before
CONVOLUTIONS = {0: (4, 2, False), 3: (1, 2, True), 6: (1, 1, True), 8: (1, 1, False), 10: (1, 1, False)}
# Zhang et al.'s scaling layer: ImageNet statistics for inputs in [-1, 1]
SHIFT = (-0.030, -0.088, -0.188)
SPREAD = (0.458, 0.448, 0.450)


class LpipsWeightsError(EngineError):
    """A file of LPIPS is missing or is another one."""


class Lpips:
    """The distance between two pictures in AlexNet's features (Zhang et al. 2018, equation 1, version 0.1)."""

    def __init__(self, backbone: Mapping[str, Tensor], heads: Mapping[str, Tensor]) -> None:
        self._convolutions = [
            (backbone[f"features.{n}.weight"].float(), backbone[f"features.{n}.bias"].float(), *how)
            for n, how in CONVOLUTIONS.items()
        ]
        self._heads = [heads[f"lin{n}.model.1.weight"].float() for n in range(len(CONVOLUTIONS))]

    @torch.inference_mode()
    def __call__(self, restored: NDArray[np.uint8], gt: NDArray[np.uint8]) -> float:
        """The distance of two (H, W, 3) uint8 RGB pictures, 0 for equal ones; sides of at least 63 pixels."""
        pair = torch.from_numpy(np.stack([restored, gt])).permute(0, 3, 1, 2).float() / 127.5 - 1
        return float(self.distances(pair[:1], pair[1:]))

    def distances(self, restored: Tensor, gt: Tensor) -> Tensor:
        """The distance of every pair of pictures, (N,), with its gradient; (N, 3, H, W) float in [-1, 1] each."""
        shift, spread = (restored.new_tensor(values).view(3, 1, 1) for values in (SHIFT, SPREAD))
        layers = self._features((torch.cat([restored, gt]) - shift) / spread)
        found = restored.new_zeros(len(restored))
        for features, head in zip(layers, self._heads, strict=True):
            ours, theirs = F.normalize(features, eps=1e-10).chunk(2)
            found = found + F.conv2d((ours - theirs) ** 2, head.to(ours)).flatten(1).mean(1)
        return found

    def _features(self, pictures: Tensor) -> list[Tensor]:
        """What each of the five rectified convolutions sees."""
        layers = []
        for weight, bias, stride, padding, pooled in self._convolutions:
            pictures = F.max_pool2d(pictures, 3, 2) if pooled else pictures
            pictures = F.relu(F.conv2d(pictures, weight.to(pictures), bias.to(pictures), stride, padding))
            layers.append(pictures)
        return layers


def load_lpips(folder: Path) -> Lpips:
    """The metric with the two files of `folder`; raises LpipsWeightsError naming what to put there."""
    return Lpips(*(torch.load(_checked(folder, file), weights_only=True) for file in (BACKBONE, HEADS)))


def fetch_lpips(folder: Path) -> None:
    """Download the files that `folder` lacks, 244 MB; what has not the published sha256 is not kept.

    Raises DownloadError; opens connections, so call it only where a person asked for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in (BACKBONE, HEADS):
        if (folder / file.name).exists():
            continue
        part = folder / f"{file.name}.part"
        try:
            with urlopen(file.url, timeout=60) as answer, part.open("wb") as target:
                shutil.copyfileobj(answer, target)
        except OSError as error:
            raise DownloadError(f"{file.url} cannot be fetched: {error}") from error
        if (found := _sha256(part)) != file.sha256:
            part.unlink()
            raise DownloadError(f"{file.url} has sha256 {found}, need {file.sha256}")
        part.replace(folder / file.name)


def _checked(folder: Path, file: LpipsFile) -> Path:
    path = folder / file.name
    if not path.exists():
        raise LpipsWeightsError(f"{path} is missing: get {file.url} ({file.licence}), or use --fetch-lpips")
    if (found := _sha256(path)) != file.sha256:
        raise LpipsWeightsError(f"{path} has sha256 {found}, need {file.sha256}")
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
