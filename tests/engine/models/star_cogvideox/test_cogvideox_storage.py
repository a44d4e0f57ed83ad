import pytest
import torch
from torch import Tensor

from engine.footprint import weight_bytes
from engine.models.star_cogvideox.network import VideoTransformer
from engine.models.star_cogvideox.storage import Storage, WholeNumbers, offload, store
from tests.engine.models.star_cogvideox.tiny import tiny_network


@pytest.fixture(autouse=True)
def _no_grad():
    with torch.inference_mode():
        yield


def velocity(network: VideoTransformer) -> Tensor:
    x, lq = torch.randn(2, 1, 3, 16, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.randn(1, 5, 8, generator=torch.Generator().manual_seed(2))
    return network.velocity(x, torch.tensor([500.0]), text, lq)


def spread(error: Tensor) -> float:
    return error.square().mean().sqrt().item()


@pytest.mark.parametrize(("storage", "allowed"), [(Storage.FP8, 0.15), (Storage.INT8, 0.03)])
def test_smaller_weights_give_nearly_the_same_velocity(storage: Storage, allowed: float):
    expected, network = velocity(tiny_network()), tiny_network()
    before = weight_bytes(network)
    store(network, storage, torch.float32)
    assert 0 < spread(velocity(network) - expected) < allowed * spread(expected)
    assert weight_bytes(network) < 0.75 * before


def test_plain_storage_changes_nothing():
    expected, network = velocity(tiny_network()), tiny_network()
    store(network, Storage.PLAIN, torch.float32)
    assert torch.equal(velocity(network), expected)


def test_whole_numbers_are_within_half_a_step_of_the_weights():
    linear = torch.nn.Linear(20, 6)
    small = WholeNumbers(linear)
    error = (small.weight * small.scale[:, None] - linear.weight).abs()
    assert bool((error <= 0.51 * small.scale[:, None]).all())
    assert torch.allclose(small(torch.eye(20)), linear(torch.eye(20)), atol=0.01)


@pytest.mark.parametrize("storage", [Storage.FP8, Storage.INT8])
def test_norms_gates_embeddings_and_the_last_projection_stay_as_they_are(storage: Storage):
    network = tiny_network()
    store(network, storage, torch.float32)
    kept = (
        "patch_embed",
        "time_embedding",
        "proj_out",
        "norm_out",
        "norm_final",
        "norm1.norm",
        "norm1.spa_local",
        "norm1.temp_local",
        "norm_q",
    )
    for name, tensor in network.named_parameters():
        if any(part in name for part in kept):
            assert tensor.dtype == torch.float32, name
    if storage is Storage.INT8:
        small = {name for name, module in network.named_modules() if isinstance(module, WholeNumbers)}
        assert len(small) == 2 * 8
        assert all(name.startswith("transformer_blocks.") for name in small)


@pytest.mark.parametrize("storage", list(Storage))
def test_waiting_elsewhere_between_calls_changes_nothing(storage: Storage):
    here, there = tiny_network(), tiny_network()
    store(here, storage, torch.float32)
    store(there, storage, torch.float32)
    offload(there, torch.device("cpu"))
    assert torch.allclose(velocity(there), velocity(here), atol=1e-5)
