"""Prompts, tokenizer and text encoder, these two against the implementation in transformers."""

from pathlib import Path

import pytest
import torch

from engine.errors import ModelError
from engine.models.diffvsr.text import (
    END,
    START,
    TextEncoder,
    Tokenizer,
    compose_prompt,
    read_tokenizer,
    split_words,
)
from tests.tiny_diffvsr import tiny_text, write_tokenizer

PROMPTS = ["a man's hat, 4K!", "", "low  quality", "Ünïcode 12 x² \u2014 ok?", "the the " * 60]


def tokenizer_of(folder: Path) -> Tokenizer:
    return read_tokenizer(
        *(folder / name for name in ("vocab.json", "merges.txt", "special_tokens_map.json"))
    )


def test_the_prompt_without_a_caption_is_the_published_one():
    assert compose_prompt() == "clear, high quality, high-resolution, 4K"


def test_a_caption_comes_before_the_words_on_quality():
    assert compose_prompt("a red fox.") == "a red fox. clear, high quality, high-resolution, 4K"


def test_words_are_split_as_clip_does():
    assert split_words("Don't  STOP, it's 4K\u2026") == [
        "don",
        "'t",
        "stop",
        ",",
        "it",
        "'s",
        "4",
        "k",
        "\u2026",
    ]


def test_a_line_of_tokens_is_start_prompt_end_padding(tmp_path: Path):
    tokenizer = tokenizer_of(write_tokenizer(tmp_path / "tokenizer"))

    line = tokenizer.encode(["the quality"])[0].tolist()

    assert line[0] == tokenizer.ids[START]
    assert line[1:3] == [tokenizer.ids["the</w>"], tokenizer.ids["quality</w>"]]
    assert line[3] == tokenizer.ids[END]
    assert set(line[4:]) == {tokenizer.ids["!"]}


def test_a_prompt_that_is_too_long_is_cut_and_ended(tmp_path: Path):
    tokenizer = tokenizer_of(write_tokenizer(tmp_path / "tokenizer"))

    line = tokenizer.encode(["the " * 200])[0]

    assert line.shape == (77,)
    assert line[-1] == tokenizer.ids[END]


@pytest.mark.parametrize("missing", ["vocab.json", "merges.txt", "special_tokens_map.json"])
def test_a_folder_without_its_files_is_named(tmp_path: Path, missing: str):
    folder = write_tokenizer(tmp_path / "tokenizer")
    (folder / missing).unlink()

    with pytest.raises(ModelError, match="not a readable tokenizer"):
        tokenizer_of(folder)


@pytest.mark.filterwarnings("ignore")
def test_tokens_are_those_of_transformers(tmp_path: Path):
    import transformers

    folder = write_tokenizer(tmp_path / "tokenizer")
    theirs = transformers.CLIPTokenizer.from_pretrained(str(folder))

    expected = theirs(PROMPTS, padding="max_length", max_length=77, truncation=True).input_ids

    assert tokenizer_of(folder).encode(PROMPTS).tolist() == expected


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("activation", ["gelu", "quick_gelu"])
def test_the_encoder_computes_what_transformers_does(activation: str):
    import transformers

    config = transformers.CLIPTextConfig(
        vocab_size=530, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        hidden_act=activation, projection_dim=8,
    )  # fmt: skip
    theirs = transformers.CLIPTextModel(config).eval()
    ours = TextEncoder(tiny_text(activation))
    state = {
        k if k.startswith("text_model.") else f"text_model.{k}": v for k, v in theirs.state_dict().items()
    }
    ours.load_state_dict({k: v for k, v in state.items() if not k.endswith("position_ids")})
    tokens = torch.randint(0, 530, (2, 77))

    torch.testing.assert_close(ours(tokens), theirs(tokens)[0], atol=1e-5, rtol=1e-4)
