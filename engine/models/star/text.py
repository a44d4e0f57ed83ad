"""The text side of STAR: prompts, CLIP's tokenizer and the text tower of open_clip's ViT-H-14.

The tower (Radford et al. 2021) has the published keys. The condition is its state before the last block,
normalised, at all 77 places; the last block and the projection are in the file and do nothing here.
"""

import gzip
import html
from functools import cache
from importlib import resources
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.star.config import TextConfig

DEFAULT_PROMPT = "a good video"
QUALITY_SUFFIX = (
    "Cinematic, High Contrast, highly detailed, taken using a Canon EOS R camera, hyper detailed photo - "
    "realistic maximum detail, 32k, Color Grading, ultra HD, extreme meticulous detailing, skin pore "
    "detailing, hyper sharpness, perfect without deformations."
)
NEGATIVE_PROMPT = (
    "painting, oil painting, illustration, drawing, art, sketch, oil painting, cartoon, CG Style, 3D render, "
    "unreal engine, blurring, dirty, messy, worst quality, low quality, frames, watermark, signature, jpeg "
    "artifacts, deformed, lowres, over-smooth"
)
START, END = 49406, 49407
"""Token ids around every prompt; places after the end hold 0."""


def compose_prompt(prompt: str | None, *, reference: bool = False) -> str:
    """The prompt with the published quality suffix; None: the published default.

    reference joins the two as published, without anything between ("a good videoCinematic, ..."); the default
    puts a comma and a space there, as people who write prompts do.
    """
    text = (prompt or DEFAULT_PROMPT).strip()
    if reference:
        return text + QUALITY_SUFFIX
    return text.rstrip(".,; ") + ", " + QUALITY_SUFFIX


def tokenize(prompts: list[str], length: int = 77) -> Tensor:
    """(len(prompts), length) int64 token ids: START, the prompt (cut where it is too long), END, zeros."""
    tokens = torch.zeros(len(prompts), length, dtype=torch.int64)
    for row, prompt in zip(tokens, prompts, strict=True):
        ids = [START, *_encode(prompt)[: length - 2], END]
        row[: len(ids)] = torch.tensor(ids)
    return tokens


def condition(tower: nn.Module, prompt: str | None, *, reference: bool = False) -> tuple[Tensor, Tensor]:
    """The prompt and the negative prompt as STAR reads them, (1, 77, width) each, in the tower's dtype.

    Guidance compares with the published negative prompt, not with an empty one. Computed once per prompt: the
    tower need not stay in memory.
    """
    tokens = tokenize([compose_prompt(prompt, reference=reference), NEGATIVE_PROMPT])
    with torch.inference_mode():
        prompted, negative = tower(tokens.to(next(tower.parameters()).device)).split(1)
    return prompted.clone(), negative.clone()


class TextTower(nn.Module):
    """CLIP's text transformer in open_clip's layout."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.positional_embedding = nn.Parameter(torch.empty(config.context_length, config.width))
        self.text_projection = nn.Parameter(torch.empty(config.width, config.projection))
        self.token_embedding = nn.Embedding(config.vocabulary, config.width)
        self.transformer = nn.Module()
        blocks = (_Block(config.width, config.heads) for _ in range(config.layers))
        self.transformer.resblocks = nn.ModuleList(blocks)
        self.ln_final = nn.LayerNorm(config.width)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, S, width) conditioning of tokens: (B, S) int64, in the weights' dtype."""
        x = self.token_embedding(tokens) + self.positional_embedding[: tokens.shape[1]]
        for block in list(self.transformer.resblocks)[:-1]:  # type: ignore
            x = block(x)
        return self.ln_final(x)


class _Block(nn.Module):
    """Causal self-attention and a feed-forward network, both pre-normalised and residual."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = _Attention(width, heads)
        self.mlp = nn.Module()
        self.mlp.c_fc, self.mlp.c_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, width) of x: (B, S, width)."""
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp.c_proj(F.gelu(self.mlp.c_fc(self.ln_2(x))))  # type: ignore


class _Attention(nn.Module):
    """Multi-head attention to the places before, queries, keys and values in one matrix."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * width, width))
        self.in_proj_bias = nn.Parameter(torch.empty(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, width) of x: (B, S, width)."""
        projected = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        q, k, v = projected.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


def _encode(prompt: str) -> list[int]:
    """Byte-pair token ids of a prompt (Sennrich et al. 2016), cleaned and split as CLIP does."""
    ranks, ids, letters = _vocabulary()
    tokens = []
    for word in _split_words(prompt):
        symbols = [letters[byte] for byte in word.encode()]
        symbols[-1] += "</w>"
        tokens += [ids[symbol] for symbol in _merge(symbols, ranks)]
    return tokens


def _split_words(prompt: str) -> list[str]:
    import ftfy  # mends wrongly decoded text; loaded with the first prompt
    import regex  # knows Unicode's letter and number classes

    text = html.unescape(html.unescape(ftfy.fix_text(prompt)))
    text = " ".join(text.split()).lower()
    return regex.findall(r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", text)


def _merge(symbols: list[str], ranks: dict[tuple[str, str], int]) -> list[str]:
    while len(symbols) > 1:
        best = min(pairwise(symbols), key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        merged: list[str] = []
        i = 0
        while i < len(symbols):
            step = 2 if tuple(symbols[i : i + 2]) == best else 1
            merged.append("".join(symbols[i : i + step]))
            i += step
        symbols = merged
    return symbols


@cache
def _vocabulary() -> tuple[dict[tuple[str, str], int], dict[str, int], list[str]]:
    """Rank of every merge, id of every symbol, and the letter that stands for each byte."""
    packed = resources.files("engine.models.star").joinpath("clip_merges.txt.gz").read_bytes()
    merges = [tuple(line.split()) for line in gzip.decompress(packed).decode().splitlines()]
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letter_of = {byte: chr(byte) for byte in printable}
    letter_of |= {byte: chr(256 + i) for i, byte in enumerate(others)}
    symbols = list(letter_of.values())
    symbols += [symbol + "</w>" for symbol in symbols] + ["".join(pair) for pair in merges]
    ranks = {(first, second): rank for rank, (first, second) in enumerate(merges)}
    return ranks, {symbol: i for i, symbol in enumerate(symbols)}, [letter_of[b] for b in range(256)]
