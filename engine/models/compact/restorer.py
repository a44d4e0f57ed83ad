"""The embedded default as a Restorer: windows of five frames, tiles with an exact halo, two heads."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from importlib import resources

import torch
from safetensors import SafetensorError
from torch import Tensor

from engine.cancel import CancelToken
from engine.device import Placement
from engine.errors import ModelError
from engine.events import OnEvent
from engine.models.compact.grain import frame_grain, grain_table
from engine.models.compact.network import CompactNet
from engine.models.compact.slider import detail_amount
from engine.models.compact.temporal_filter import filtered
from engine.models.compact.weights import read_weights
from engine.models.restorer import Heads, RestoreRequest
from engine.models.spec import ModelSpec
from engine.models.weights_folder import path_of
from engine.plan import Tile, Window
from engine.sampling.precision import OVERFLOW

Pictures = tuple[Tensor, ...]
"""Of one tile or one window: each (T, 3, s*h, s*w)."""
Compute = Callable[[CompactNet, Tensor, Tensor, Tensor | None], Pictures]
"""Network, lq (T, F, 3, h, w), condition (T,) and grain (T, 1, s*h, s*w) to what is wanted of them."""


def load(spec: ModelSpec, placement: Placement, rung: str = "resident") -> "CompactRestorer":
    """Return the embedded model, or one that was adapted from it, on its device; it is kept in one way only.

    Raises ModelError when a file is missing, damaged or made for another scale.
    """
    del rung
    networks, shares, digest = [], set[float](), hashlib.sha256()
    for file, scale in zip(spec.weights, spec.scales, strict=True):
        stored = resources.files("resources").joinpath("weights", file.name)
        try:
            with nullcontext(path_of(spec, file)) if spec.custom else resources.as_file(stored) as path:
                content = path.read_bytes()
                sha256 = hashlib.sha256(content).hexdigest()
                if sha256 != file.sha256:
                    raise ModelError(f"{path}: the file is damaged (sha256 {sha256}, need {file.sha256})")
                network, header = read_weights(path)
                digest.update(content)
            shares.add(float(header["a1"]))
            if network.config.scale != scale or len(shares) > 1:
                raise ValueError(
                    f"scale {network.config.scale} and a1 {sorted(shares)}, need x{scale} and one a1"
                )
        except (OSError, KeyError, ValueError, RuntimeError, TypeError, SafetensorError) as error:
            raise ModelError(f"the weights {file.name} of {spec.title} cannot be read: {error}") from error
        networks.append(network.to(placement.torch_device, memory_format=torch.channels_last))  # type: ignore[call-overload]
    return CompactRestorer(spec, placement, networks, shares.pop(), digest.hexdigest())


class CompactRestorer:
    """A CompactNet for every scale, and the loop over windows and tiles."""

    def __init__(
        self,
        spec: ModelSpec,
        placement: Placement,
        networks: Sequence[CompactNet],
        at_one: float,
        weights_sha256: str,
    ) -> None:
        self.spec = spec
        self.weights_sha256 = weights_sha256
        self._placement = placement
        self._networks = {network.config.scale: network for network in networks}
        device = placement.torch_device
        self._grain = {
            n.config.scale: grain_table(n.config.scale).to(device) for n in networks if n.config.grain
        }
        self._at_one = at_one

    def networks(self) -> tuple[CompactNet, ...]:
        """One network for each scale."""
        return tuple(self._networks.values())

    @property
    def has_detail(self) -> bool:
        """True when the networks have a perception end for the slider to reach."""
        return all(network.config.detail_head for network in self._networks.values())

    def amount(self, beta: float) -> float:
        """Return how much detail beta in [0, 2] adds."""
        return detail_amount(beta, self._at_one) if self.has_detail else 0.0

    def restore(self, request: RestoreRequest, on_event: OnEvent, cancel: CancelToken) -> Iterator[Tensor]:
        """Yield (T, 3, s*h, s*w) float32 in [0, 1], one window at a time; see Restorer."""
        for window in request.plan.windows(request.segment):
            yield self._blended(request, window, on_event, cancel)

    @torch.inference_mode()
    def _blended(
        self, request: RestoreRequest, window: Window, on_event: OnEvent, cancel: CancelToken
    ) -> Tensor:
        """The window's frames at the slider's place, (T, 3, s*h, s*w) float32 in [0, 1]."""
        amount = self.amount(request.settings.beta)

        def picture(network: CompactNet, seen: Tensor, state: Tensor, grain: Tensor | None) -> Pictures:
            return (network.blended(seen, state, grain, amount),)

        (found,) = self._window(request, window, on_event, cancel, picture, want_grain=amount > 0)
        return found.clamp_(0, 1)

    def heads(self, request: RestoreRequest, frame: int, on_event: OnEvent, cancel: CancelToken) -> Heads:
        """Return both heads of one absolute frame of the segment, for a slider that re-blends them."""
        window = next(w for w in request.plan.windows(request.segment) if w.start <= frame < w.stop)

        def both(network: CompactNet, seen: Tensor, state: Tensor, grain: Tensor | None) -> Pictures:
            fidelity, detail = network(seen, state, grain)
            return (fidelity,) if detail is None else (fidelity, detail)

        base, *detail = self._window(request, window, on_event, cancel, both, want_grain=self.has_detail)
        at = frame - window.start
        return Heads(base=base[at], detail=detail[0][at] if detail else None)

    @torch.inference_mode()
    def _window(
        self,
        request: RestoreRequest,
        window: Window,
        on_event: OnEvent,
        cancel: CancelToken,
        compute: Compute,
        *,
        want_grain: bool,
    ) -> Pictures:
        """What is computed of a window's frames, each (T, 3, s*h, s*w) float32, assembled from tiles."""
        stacks, tiles = self._stacks(request, window), request.plan.tiles()
        canvases: list[Tensor] = []
        for tile in tiles:
            cancel.check()
            grain = self._grain_of(request, window, tile) if want_grain else None
            found = self._tile(stacks, tile, request, grain, on_event, compute)
            if len(tiles) == 1:
                return found
            canvases = canvases or [_canvas(picture, request) for picture in found]
            for canvas, picture in zip(canvases, found, strict=True):
                _paste(canvas, picture, tile, int(request.scale))
        return tuple(canvases)

    def _stacks(self, request: RestoreRequest, window: Window) -> Tensor:
        """The window's frames with their neighbours, (T, F, 3, h, w); the shot's ends are repeated.

        The middle ones are filtered over time as whole frames, before tiles are cut: tiled equals untiled.
        """
        lq = request.lq(window.context_start, window.context_stop)
        reach = self._networks[int(request.scale)].config.frames // 2
        centres = torch.arange(window.start, window.stop)[:, None]
        wanted = centres + torch.arange(-reach, reach + 1)[None, :]
        shot = request.segment.shot
        stacks = lq[wanted.clamp(shot.start, shot.stop - 1) - window.context_start]
        if request.condition > 0:  # a clean source passes untouched: no copy of every frame for that
            stacks[:, reach] = torch.stack([filtered(stack, reach, request.condition) for stack in stacks])
        return stacks

    def _grain_of(self, request: RestoreRequest, window: Window, tile: Tile) -> Tensor | None:
        """The grain of a tile as seen, (T, 1, s*h, s*w), or None for a network without it."""
        scale = int(request.scale)
        table = self._grain.get(scale)
        if table is None:
            return None
        rows = range(tile.rows.seen_start * scale, tile.rows.seen_stop * scale)
        columns = range(tile.columns.seen_start * scale, tile.columns.seen_stop * scale)
        frames = range(window.start, window.stop)
        return torch.stack([frame_grain(table, request.settings.seed, at, rows, columns) for at in frames])

    def _tile(
        self,
        stacks: Tensor,
        tile: Tile,
        request: RestoreRequest,
        grain: Tensor | None,
        on_event: OnEvent,
        compute: Compute,
    ) -> Pictures:
        """What is computed of one tile with its halo; a result that is not finite is computed again in float32."""
        rows, columns = tile.rows, tile.columns
        seen = stacks[..., rows.seen_start : rows.seen_stop, columns.seen_start : columns.seen_stop]
        state = torch.full((len(seen),), request.condition, device=seen.device)
        network = self._networks[int(request.scale)]
        dtype = self._placement.torch_dtype
        with torch.autocast(seen.device.type, dtype=dtype, enabled=dtype is not torch.float32):
            found = compute(network, seen, state, grain)
        if bool(torch.isfinite(torch.stack([picture.sum() for picture in found]).sum())):
            return tuple(picture.float() for picture in found)
        on_event(OVERFLOW)
        return compute(network, seen, state, grain)


def _canvas(restored: Tensor, request: RestoreRequest) -> Tensor:
    """Room for the whole frames of which a tile is given: (T, 3, s*h, s*w)."""
    scale, plan = int(request.scale), request.plan
    return restored.new_empty((len(restored), 3, plan.height * scale, plan.width * scale))


def _paste(canvas: Tensor, restored: Tensor, tile: Tile, scale: int) -> None:
    """Put a tile at its place in the whole frames.

    The tile comes with its halo, which stays away: it covers the receptive field, so no seam can form.
    """
    rows, columns = tile.rows, tile.columns
    top, left = (rows.start - rows.seen_start) * scale, (columns.start - columns.seen_start) * scale
    height, width = (rows.stop - rows.start) * scale, (columns.stop - columns.start) * scale
    canvas[
        ...,
        rows.start * scale : rows.stop * scale,
        columns.start * scale : columns.stop * scale,
    ] = restored[..., top : top + height, left : left + width]
