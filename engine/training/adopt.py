"""Start a network from another one's weights: the same trunk or a narrower one, heads of another scale."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.errors import SettingsError
from engine.models.compact.network import CompactNet
from engine.models.compact.weights import read_weights


@torch.no_grad()
def adopt(net: CompactNet, path: Path) -> None:
    """Give `net` the weights of the file at `path`, in place; parts that only one of them has stay as they are.

    A head of a larger scale that is a multiple of the net's gives the mean of the output pixels that fall into
    one of the net's: what restoring at the larger scale and reducing by area would add to the base.
    A net of fewer channels takes those that carry most (`narrowed`): a start for training, not a finished network.
    Raises SettingsError when trunks or scales do not fit.
    """
    source, _ = read_weights(path)
    ours, theirs = net.config, source.config
    if ours.channels < theirs.channels:
        source = narrowed(source, ours.channels)
        theirs = source.config
    if (ours.channels, ours.blocks, ours.frames) != (theirs.channels, theirs.blocks, theirs.frames):
        raise SettingsError(f"start: {path.name} has another trunk ({theirs}), need that of {ours}")
    if theirs.scale % ours.scale:
        raise SettingsError(f"start: {path.name} is x{theirs.scale}, need a multiple of x{ours.scale}")
    given, wanted = source.state_dict(), net.state_dict()
    fitted = {
        name: _fitted(given[name], theirs.scale, value, ours.scale)
        for name, value in wanted.items()
        if name in given
    }
    net.load_state_dict(wanted | fitted)


@torch.no_grad()
def narrowed(net: CompactNet, channels: int) -> CompactNet:
    """A network with the `channels` of every layer that carry most of `net`, in their order.

    The residual sum keeps one choice of channels through all blocks; between two convolutions of a block, and of the
    detail head, each makes its own. A channel carries what is written into it times what is read from it, both as
    squared norms of weights (Li et al. 2017, "Pruning filters for efficient ConvNets", with both sides counted).
    """
    blocks = [net.trunk[i] for i in range(len(net.trunk))]
    pairs = [(block.get_submodule("first"), block.get_submodule("second")) for block in blocks]
    detail = net.detail_head
    readers = [net.fidelity_head, *(first for first, _ in pairs)] + ([detail.first] if detail else [])
    stream = _strongest([net.fusion, *(second for _, second in pairs)], readers, channels)
    every = slice(None)
    kept: dict[str, tuple[Tensor | slice, Tensor | slice]] = {
        "fusion": (stream, every),
        "fidelity_head": (every, stream),
    }
    for number, (first, second) in enumerate(pairs):
        inner = _strongest([first], [second], channels)
        kept[f"trunk.{number}.first"], kept[f"trunk.{number}.second"] = (inner, stream), (stream, inner)
    if detail:
        inner = _strongest([detail.first], [detail.second], channels)
        kept["detail_head.first"], kept["detail_head.second"] = (inner, stream), (every, inner)
    small = CompactNet(replace(net.config, channels=channels))
    state = {}
    for name, value in net.state_dict().items():
        written, read = kept[name.rpartition(".")[0]]
        state[name] = value[written] if value.dim() == 1 else value[written][:, read]
    small.load_state_dict(state)
    return small.eval()


def _strongest(writers: list[nn.Module], readers: list[nn.Module], channels: int) -> Tensor:
    """Indices, ascending, of the channels with most weight written into and read from them."""
    into = sum(_weight(writer).square().sum(dim=(1, 2, 3)) for writer in writers)
    out_of = sum(_weight(reader).square().sum(dim=(0, 2, 3)) for reader in readers)
    return torch.as_tensor(into * out_of).topk(channels).indices.sort().values


def _weight(layer: nn.Module) -> Tensor:
    """A convolution's weight, (out, in, k, k)."""
    return layer.get_parameter("weight")


def _fitted(given: Tensor, given_scale: int, wanted: Tensor, scale: int) -> Tensor:
    """One tensor for a net of `scale`: a head's output phases averaged, its outputs for grain taken where both have."""
    if given.shape == wanted.shape:
        return given
    n_given, n_wanted, ratio = 3 * given_scale**2, 3 * scale**2, given_scale // scale
    phases = given[:n_given].view(3, scale, ratio, scale, ratio, *given.shape[1:])
    colours = phases.mean(dim=(2, 4)).reshape(n_wanted, *given.shape[1:])
    return torch.cat([colours, wanted[n_wanted:]])
