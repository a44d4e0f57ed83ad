import pytest
import torch

from engine.models.star.df_loss import df_loss, split_bands

CLIP = torch.rand(1, 3, 2, 16, 20, generator=torch.Generator().manual_seed(8)) * 2 - 1
V = torch.zeros(1, 4, 2, 2, 3)


def test_the_bands_add_up_to_the_spectrum():
    low, high = split_bands(CLIP)
    spectrum = torch.fft.rfft2(CLIP[0].transpose(0, 1))
    assert torch.allclose(torch.view_as_complex(low + high), spectrum, atol=1e-4)


def test_a_perfect_prediction_costs_nothing():
    assert df_loss(CLIP, CLIP, V, V, torch.tensor([300])).total.item() == 0.0


def test_frequencies_do_not_count_at_the_noisiest_time():
    loss = df_loss(CLIP, -CLIP, V, V + 1, torch.tensor([999]))
    assert loss.total.item() == loss.velocity.item() == 1.0


@pytest.mark.parametrize("beta", [0.0, 0.5, 2.0])
def test_beta_weighs_the_frequencies(beta: float):
    one, other = (df_loss(CLIP, 0.5 * CLIP, V, V, torch.tensor([300]), beta=b).total for b in (1.0, beta))
    assert other.item() == pytest.approx(beta * one.item())


def test_gradients_reach_the_prediction():
    restored = (0.9 * CLIP).requires_grad_(True)
    df_loss(restored, CLIP, V, V, torch.tensor([100])).total.sum().backward()
    assert restored.grad is not None
    assert restored.grad.abs().sum() > 0
