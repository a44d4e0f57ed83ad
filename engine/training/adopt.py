"""Start a network from another one's weights: the same trunk, heads of another scale."""

from pathlib import Path

import torch
from torch import Tensor

from engine.errors import SettingsError
from engine.models.compact.network import CompactNet
from engine.models.compact.weights import read_weights


@torch.no_grad()
def adopt(net: CompactNet, path: Path) -> None:
    """Give `net` the weights of the file at `path`, in place; parts that only one of them has stay as they are.

    A head of a larger scale that is a multiple of the net's gives the mean of the output pixels that fall into
    one of the net's: what restoring at the larger scale and reducing by area would add to the base.
    Raises SettingsError when trunks or scales do not fit.
    """
    source, _ = read_weights(path)
    ours, theirs = net.config, source.config
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


def _fitted(given: Tensor, given_scale: int, wanted: Tensor, scale: int) -> Tensor:
    """One tensor for a net of `scale`: a head's output phases averaged, its outputs for grain taken where both have."""
    if given.shape == wanted.shape:
        return given
    n_given, n_wanted, ratio = 3 * given_scale**2, 3 * scale**2, given_scale // scale
    phases = given[:n_given].view(3, scale, ratio, scale, ratio, *given.shape[1:])
    colours = phases.mean(dim=(2, 4)).reshape(n_wanted, *given.shape[1:])
    return torch.cat([colours, wanted[n_wanted:]])
