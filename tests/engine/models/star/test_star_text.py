import subprocess
import sys
from pathlib import Path

import pytest
import torch

from engine.models.star.config import TextConfig
from engine.models.star.text import END, QUALITY_SUFFIX, START, TextTower, compose_prompt, condition, tokenize

ROOT = Path(__file__).parents[4]


def test_no_prompt_means_the_published_one():
    assert compose_prompt(None, reference=True) == "a good video" + QUALITY_SUFFIX


@pytest.mark.parametrize("prompt", ["a cat", "a cat.", "a cat, "])
def test_prompt_and_suffix_are_joined_by_one_comma(prompt: str):
    assert compose_prompt(prompt) == "a cat, " + QUALITY_SUFFIX


def test_places_after_the_end_hold_zero():
    tokens = tokenize(["a good video"])[0]
    assert tokens[:5].tolist() == [START, 320, 886, 1455, END]
    assert tokens[5:].eq(0).all()


def test_a_prompt_too_long_is_cut_and_still_ends():
    tokens = tokenize(["word " * 200])[0]
    assert len(tokens) == 77
    assert tokens[-1] == END
    assert (tokens == END).sum() == 1


@pytest.mark.parametrize(
    "same", ["A  Good\tVIDEO", " a good video ", "a good&#32;video", "a good&amp;#32;video"]
)
def test_case_space_and_escapes_do_not_matter(same: str):
    assert torch.equal(tokenize([same]), tokenize(["a good video"]))


def test_any_text_has_tokens():
    tokens = tokenize(["naïve “Straße” 日本語 😀 x² it's"])
    assert (tokens != 0).sum() > 10


def test_a_place_does_not_see_the_places_after_it():
    torch.manual_seed(0)
    tower = TextTower(TextConfig(width=16, heads=2, layers=3, projection=8, vocabulary=50))
    for parameter in tower.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    tokens = torch.arange(1, 11)[None]
    changed = tokens.clone()
    changed[0, 6:] = 40
    with torch.no_grad():
        before, after = tower(tokens), tower(changed)
    assert torch.equal(before[:, :6], after[:, :6])
    assert not torch.equal(before[:, 6:], after[:, 6:])


def test_the_condition_is_prompt_and_negative_prompt():
    torch.manual_seed(0)
    tower = TextTower(TextConfig(width=16, heads=2, layers=2, projection=8))
    for parameter in tower.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    prompt, negative = condition(tower, "a cat")
    assert prompt.shape == negative.shape == (1, 77, 16)
    assert torch.equal(negative, condition(tower, None)[1])
    assert not torch.equal(prompt, condition(tower, None)[0])
    assert not prompt.requires_grad


def test_importing_loads_neither_diffusers_nor_transformers():
    code = (
        "import sys\n"
        "from engine.models.star import control, sampler, segment, text, vae, weights\n"
        "sys.exit(bool({'diffusers', 'transformers', 'ftfy', 'regex'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
