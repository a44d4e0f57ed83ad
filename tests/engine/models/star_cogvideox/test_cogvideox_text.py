from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from sentencepiece import SentencePieceProcessor

from engine.errors import ModelError
from engine.models.star_cogvideox.config import TextConfig
from engine.models.star_cogvideox.text import ALIASES, build_text_encoder, embed, tokenize
from engine.models.star_cogvideox.weights import load_strictly
from tests.tiny_cogvideox import tiny_tokenizer

TINY = TextConfig(vocabulary=64, width=16, head_width=4, inner_width=32, layers=2, heads=2)
WORDS = ["a street at night", "two children play in the snow", "old film of a train"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tokenizer like T5's, trained on three sentences."""
    path = tmp_path_factory.mktemp("tokenizer") / "spiece.model"
    path.write_bytes(tiny_tokenizer())
    return path


def test_a_prompt_is_followed_by_its_end_and_padding(model: Path):
    ids = SentencePieceProcessor(model_file=str(model)).encode(WORDS[0])
    assert tokenize(model, WORDS[0], 50).tolist() == [[*ids, 1] + [0] * (49 - len(ids))]


def test_no_prompt_is_an_end_alone(model: Path):
    assert tokenize(model, "", 6).tolist() == [[1, 0, 0, 0, 0, 0]]


def test_a_long_prompt_is_cut_and_still_ends(model: Path):
    whole = tokenize(model, " ".join(WORDS), 200)
    cut = tokenize(model, " ".join(WORDS), 10)
    assert torch.equal(cut[:, :9], whole[:, :9])
    assert cut[0, 9] == 1


@pytest.mark.parametrize("content", [None, b"", b"not a tokenizer"])
def test_a_damaged_tokenizer_is_refused(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "spiece.model").write_bytes(content)
    with pytest.raises(ModelError, match="not a readable tokenizer"):
        tokenize(tmp_path / "spiece.model", "a", 5)


@pytest.mark.parametrize("table_named_twice", [True, False])
def test_the_encoder_is_read_from_its_published_shards(tmp_path: Path, table_named_twice: bool):
    torch.manual_seed(0)
    built = build_text_encoder(TINY).eval()
    state = {key: value.clone() for key, value in built.state_dict().items()}
    if not table_named_twice:
        state.pop("encoder.embed_tokens.weight")
    keys = sorted(state)
    files = [tmp_path / f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    for file, part in zip(files, (keys[:7], keys[7:]), strict=True):
        save_file({key: state[key] for key in part}, file)
    loaded = load_strictly(files, lambda: build_text_encoder(TINY), "T5 encoder", aliases=ALIASES)
    tokens = torch.tensor([[5, 9, 1, 0, 0]])
    assert torch.allclose(embed(loaded, tokens), embed(built, tokens), atol=1e-6)


def test_padding_is_seen_by_the_prompt():
    torch.manual_seed(0)
    encoder = build_text_encoder(TINY).eval()
    short, long = (embed(encoder, torch.tensor([[5, 9, 1] + [0] * n])) for n in (2, 6))
    assert not torch.allclose(short[:, :3], long[:, :3], atol=1e-4)


def test_the_published_encoder_has_the_published_size():
    with torch.device("meta"):
        module = build_text_encoder(TextConfig())
    assert sum(p.numel() for p in module.parameters()) == 4_762_310_656
