import torch

from engine.sampling.guidance import guide

CLIPS = torch.randn(2, 2, 4, 3, 5, 5, generator=torch.Generator().manual_seed(3))


def test_scale_one_is_the_prompts_prediction_itself():
    cond, uncond = CLIPS
    assert guide(cond, uncond, 1.0, 0.2) is cond


def test_full_rescale_has_the_spread_of_the_prompts_prediction():
    guided = guide(CLIPS[0], CLIPS[1], 7.5, 1.0)
    assert torch.allclose(guided.std((1, 2, 3, 4)), CLIPS[0].std((1, 2, 3, 4)), rtol=1e-5)


def test_clips_of_a_batch_do_not_interact():
    alone = guide(CLIPS[0][:1], CLIPS[1][:1], 7.5, 0.2)
    assert torch.equal(guide(CLIPS[0], CLIPS[1], 7.5, 0.2)[:1], alone)
