"""A training run of a network that samples, as a TOML file and as frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.models.diffvsr import config as diffvsr
from engine.models.star import config as star
from engine.models.star_cogvideox import config as cogvideox
from engine.training.config import ConfigError
from engine.training.frequency_loss import FrequencySettings
from engine.training.video.tables import read_table


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipsConfig:
    """Where clips come from, and how a batch is cut from them."""

    source: Literal["procedural", "pairs", "clean"] = "procedural"
    """Rendered here; lq/ and gt/ with the same file names in folder; good clips in folder, degraded on the fly.
    NAME.txt beside a clip says what is to be seen in it."""
    folder: str = ""
    """Of pairs and clean clips, relative to the working directory."""
    degradation: Literal["simple", "light", "complex"] = "complex"
    """Of procedural and clean clips: blur and bicubic; one gentle encode; the whole chain of degrade.py."""
    batch: int = 1
    """Clips per step and process."""
    n_frames: int = 8
    """Frames per clip."""
    height: int = 320
    """Of the ground truth in pixels, a multiple of scale."""
    width: int = 320
    scale: int = 4
    """Ground truth over lq."""
    strides: tuple[int, ...] = (1,)
    """Frames by which the frames of a clip follow each other in the film; one is drawn per clip."""
    n_clips: int = 256
    """Of a procedural source: different clips."""
    seed: int = 7
    """Of a procedural source."""
    flips: bool = True
    """Mirror clips and turn their time at random."""
    prompt_dropped: float = 0.5
    """Share of clips that are shown without their prompt, in [0, 1]."""
    workers: int = 0
    """Processes that read and degrade; 0: the training process."""

    def __post_init__(self) -> None:
        if (self.source == "procedural") == bool(self.folder):
            raise ConfigError(
                f"clips: source is {self.source} and folder is {self.folder!r}, need a folder unless procedural"
            )
        if self.height % self.scale or self.width % self.scale:
            raise ConfigError(f"clips: {self.height}x{self.width}, need multiples of scale {self.scale}")
        if min(self.batch, self.n_frames, self.scale, self.n_clips, *self.strides) < 1 or not self.strides:
            raise ConfigError("clips: batch, n_frames, scale, n_clips and strides must be at least 1")
        if self.source == "procedural" and self.strides != (1,):
            raise ConfigError("clips: procedural clips are rendered frame by frame, need strides = [1]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageConfig:
    """One stretch of training: which weights learn, from what, how long and how fast."""

    name: str
    train: tuple[str, ...]
    """Patterns of parameter names that learn (* is any text); every one must match something."""
    freeze: tuple[str, ...] = ()
    """Patterns of names that do not, although `train` names them."""
    iterations: int
    """Steps, > 0."""
    learning_rate: float
    """AdamW's rate after the warm-up; falls to final_rate of it along a cosine."""
    final_rate: float = 1.0
    """Last learning rate over learning_rate, in (0, 1]; 1: constant."""
    warm_up: int = 0
    """Steps of linear rise."""
    weight_decay: float = 0.01
    max_norm: float = 1.0
    """Longest gradient, over all that learns."""
    clips: ClipsConfig | None = None
    """None: those of the run."""

    def __post_init__(self) -> None:
        if self.iterations < 1 or self.learning_rate <= 0 or not 0 < self.final_rate <= 1:
            raise ConfigError(f"stage {self.name}: iterations and rates must be positive, found {self}")
        if not self.train:
            raise ConfigError(f"stage {self.name}: train names nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConfig:
    """The weights that a run starts from; what is not named is random, and then no text is read."""

    model: str = ""
    """Id of a model whose weights are on this computer: its network, VAE and text encoder."""
    network: str = ""
    """A .safetensors file in the network's keys, e.g. of an earlier run; wins over the model's."""
    vae: str = ""
    """The same for the VAE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarModel:
    """STAR on I2VGen-XL (kind = "star")."""

    start: StartConfig = field(default_factory=StartConfig)
    network: star.NetworkConfig = field(default_factory=star.NetworkConfig)
    """Sizes; those of start.model win."""
    vae: star.VaeConfig = field(default_factory=star.VaeConfig)
    frequency: FrequencySettings = field(default_factory=FrequencySettings)
    frequency_frames: int = 3
    """Consecutive frames that are decoded for the Dynamic Frequency loss, with their gradient; 0: all."""
    control: bool = True
    """The control network steers; False teaches the U-Net alone (a prior)."""
    copy_encoder: bool = False
    """Give the control network the U-Net's encoder and silent outlets first (Zhang et al. 2023)."""
    liem: bool = True
    """False: gates stay at one half, which the norm behind them cancels (Table 3's ablation)."""

    def __post_init__(self) -> None:
        if self.network.in_channels != self.vae.latent_channels:
            raise ConfigError("model: network.in_channels and vae.latent_channels differ")


@dataclass(frozen=True, slots=True, kw_only=True)
class CogVideoXModel:
    """STAR on CogVideoX (kind = "star-cogvideox")."""

    start: StartConfig = field(default_factory=StartConfig)
    network: cogvideox.TransformerConfig = field(default_factory=cogvideox.TransformerConfig)
    """Sizes; those of start.model win."""
    vae: cogvideox.VaeConfig = field(default_factory=cogvideox.VaeConfig)
    snr_shift: float = 1.0
    rank: int = 512
    """Of LoRA on every attention projection (as released)."""
    frequency: FrequencySettings = field(default_factory=FrequencySettings)
    frequency_latents: int = 1
    """Latents, from the clip's first, that are decoded for the Dynamic Frequency loss; odd, or 0: all."""

    def __post_init__(self) -> None:
        if self.rank < 1 or (self.frequency_latents and self.frequency_latents % 2 == 0):
            raise ConfigError("model: rank must be at least 1, frequency_latents odd or 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffVsrModel:
    """DiffVSR (kind = "diffvsr")."""

    start: StartConfig = field(default_factory=StartConfig)
    network: diffvsr.UNetConfig = field(default_factory=diffvsr.UNetConfig)
    """Sizes; those of start.model win."""
    vae: diffvsr.VaeConfig = field(default_factory=diffvsr.VaeConfig)
    most_noise: int = 350
    """Highest noise level of the lq, drawn per clip (the x4 upscaler's)."""
    interweave: bool = True
    """Sample frames of a study share windows (ILT); False: windows stand side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VaeModel:
    """A VAE (kind = "vae"): DiffVSR's TE-3DVAE, or STAR's."""

    family: Literal["diffvsr", "star"] = "diffvsr"
    start: StartConfig = field(default_factory=StartConfig)
    """model or vae."""
    diffvsr: diffvsr.VaeConfig = field(default_factory=diffvsr.VaeConfig)
    """Sizes, where the family is diffvsr."""
    star: star.VaeConfig = field(default_factory=star.VaeConfig)
    """Sizes, where the family is star."""
    perceptual: float = 1.0
    """Weight of LPIPS; above 0 needs lpips."""
    lpips: str = ""
    """Folder with LPIPS's two weight files, as `evenstar evaluate --lpips FOLDER --fetch-lpips` fills it."""
    adversarial: float = 0.05
    """Weight of the temporal patch discriminator's opinion."""
    divergence: float = 1e-6
    """Weight of the latents' Kullback-Leibler divergence from unit noise."""
    discriminator_width: int = 64

    def __post_init__(self) -> None:
        if min(self.perceptual, self.adversarial, self.divergence) < 0:
            raise ConfigError("model: weights of losses must be at least 0")
        if self.perceptual and not self.lpips:
            raise ConfigError(
                "model: perceptual > 0 needs lpips = FOLDER with LPIPS's weights "
                "(`evenstar evaluate --lpips FOLDER --fetch-lpips` fetches them); perceptual = 0 does without"
            )


Model = StarModel | CogVideoXModel | DiffVsrModel | VaeModel
KINDS: Mapping[str, type[Model]] = {
    "star": StarModel,
    "star-cogvideox": CogVideoXModel,
    "diffvsr": DiffVsrModel,
    "vae": VaeModel,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """A whole run."""

    seed: int
    """Of first weights and of every random number."""
    folder: str
    """Where checkpoint, logs and weights go, relative to the working directory."""
    model: Model
    stage: tuple[StageConfig, ...]
    """Run in this order; every stage begins with the averaged weights of the one before."""
    clips: ClipsConfig = field(default_factory=ClipsConfig)
    device: Literal["auto", "cpu"] = "auto"
    bfloat16: bool = False
    """Networks compute in bfloat16; weights, optimiser and losses stay float32."""
    recompute: bool = False
    """Gradient checkpointing: blocks are computed again on the way back instead of kept."""
    accumulate: int = 1
    """Batches per step and process."""
    average: float = 0.9999
    """Share of the averaged weights that a step leaves, in [0, 1); less at the start of a stage."""
    threads: int = 0
    """Torch threads of a process; 0: as torch likes."""
    log_every: int = 50
    """Steps per line of the log."""
    picture_every: int = 1000
    """Steps per logged sample frames; 0: none."""
    save_every: int = 1000
    """Steps per checkpoint and set of weights."""
    install: str = ""
    """Id under which the finished model joins the model list; needs model.start.model."""

    def __post_init__(self) -> None:
        if not self.stage:
            raise ConfigError("stage: at least one [[stage]] is needed, found none")
        if min(self.accumulate, self.log_every, self.save_every) < 1 or not 0 <= self.average < 1:
            raise ConfigError("accumulate, log_every and save_every must be at least 1, average in [0, 1)")
        if self.install and not self.model.start.model:
            raise ConfigError(
                "install: only a run that starts from a model (model.start.model) can be installed"
            )

    def clips_of(self, stage: StageConfig) -> ClipsConfig:
        """The clips that a stage learns from."""
        return stage.clips or self.clips

    @property
    def total(self) -> int:
        """Steps of all stages."""
        return sum(stage.iterations for stage in self.stage)


def kind_of(path: Path) -> str | None:
    """What a TOML file trains: its `kind`, None where it names none; raises ConfigError."""
    return read_toml(path).get("kind")


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables; raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path} is not a TOML file: {error}") from error


def read_run(path: Path) -> RunConfig:
    """The run that a TOML file describes; raises ConfigError naming a key that is unknown or missing."""
    return run_of(read_toml(path))


def run_of(tables: Mapping[str, Any]) -> RunConfig:
    """The run that these tables describe; raises ConfigError."""
    tables = dict(tables)
    kind = tables.pop("kind", None)
    if kind not in KINDS:
        raise ConfigError(f"kind is {kind!r}, need one of {', '.join(KINDS)}")
    model = read_table(KINDS[kind], tables.pop("model", {}), "model")
    return read_table(RunConfig, tables, "top level", model=model)
