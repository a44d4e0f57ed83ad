"""The text side of DiffVSR: prompts, and the tokenizer and text encoder of the x4 upscaler's folder.

The encoder (Radford et al. 2021) has the keys of its published file. The condition is its last state,
normalised, at all 77 places, padding included.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models.diffvsr.config import TextConfig

QUALITY = "clear, high quality, high-resolution, 4K"
NEGATIVE_PROMPT = "low quality, blurry, low-resolution, noisy, unsharp, weird textures, worst quality"
START, END = "<|startoftext|>", "<|endoftext|>"
_WORD_END = "</w>"
_CONTRACTION = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d")


def compose_prompt(caption: str | None = None) -> str:
    """What the prompt says: the caption, if there is one, and the published words on quality."""
    return f"{caption} {QUALITY}" if caption else QUALITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokenizer:
    """CLIP's byte-pair tokenizer (Sennrich et al. 2016)."""

    ids: dict[str, int]
    """Id of every symbol."""
    ranks: dict[tuple[str, str], int]
    """Order of the merges."""
    padding: str
    """Symbol behind the end of a prompt; inside one it is not merged into words either."""
    length: int = 77

    def encode(self, prompts: list[str]) -> Tensor:
        """(len(prompts), length) int64: start, the prompt (cut where it is too long), end, padding."""
        tokens = torch.full((len(prompts), self.length), self.ids[self.padding])
        for row, prompt in zip(tokens, prompts, strict=True):
            symbols = [START, *self._symbols(prompt)[: self.length - 2], END]
            row[: len(symbols)] = torch.tensor([self.ids[symbol] for symbol in symbols])
        return tokens

    def _symbols(self, prompt: str) -> list[str]:
        symbols: list[str] = []
        for i, part in enumerate(prompt.split(self.padding)):
            symbols += [self.padding] if i else []
            symbols += [symbol for word in split_words(part) for symbol in self._merge(word)]
        return symbols

    def _merge(self, word: str) -> list[str]:
        """The word's symbols after all merges, earliest first."""
        symbols = [_LETTER_OF[byte] for byte in word.encode()]
        symbols[-1] += _WORD_END
        while len(symbols) > 1:
            best = min(pairwise(symbols), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            symbols = _join(symbols, best)
        return symbols


def read_tokenizer(vocabulary: Path, merging: Path, special: Path, length: int = 77) -> Tokenizer:
    """The tokenizer of a published vocab.json, merges.txt and special_tokens_map.json.

    Raises ModelError when one of them is missing or damaged.
    """
    try:
        ids = json.loads(vocabulary.read_text(encoding="utf-8"))
        lines = merging.read_text(encoding="utf-8").splitlines()
        merges = [tuple(line.split()) for line in lines if line and not line.startswith("#version")]
        padding = _padding_symbol(special)
        ranks = {(first, second): rank for rank, (first, second) in enumerate(merges)}
        missing = {padding, START, END} - ids.keys()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{vocabulary}: not a readable tokenizer ({error!r})") from error
    if missing:
        raise ModelError(f"{vocabulary}: not a readable tokenizer (vocab.json lacks {min(missing)})")
    return Tokenizer(ids=ids, ranks=ranks, padding=padding, length=length)


def split_words(text: str) -> list[str]:
    """Runs of letters, single digits, runs of other signs, and English contractions, in lower case."""
    text = unicodedata.normalize("NFC", text).lower()
    words, i = [], 0
    while i < len(text):
        contraction = _CONTRACTION.match(text, i)
        kind = _kind(text[i])
        stop = contraction.end() if contraction else i + 1
        while not contraction and kind != "N" and stop < len(text) and _kind(text[stop]) == kind:
            stop += 1
        if kind != " ":
            words.append(text[i:stop])
        i = stop
    return words


class TextEncoder(nn.Module):
    """CLIP's text transformer."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.config = config
        self.text_model = _TextModel(config)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, S, width) in the weights' dtype of tokens: (B, S) int64."""
        return self.text_model(tokens)


class _TextModel(nn.Module):
    """Tokens and their places, layers, norm."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "token_embedding": nn.Embedding(config.vocabulary, config.width),
                "position_embedding": nn.Embedding(config.length, config.width),
            }
        )
        layers = nn.Sequential(*(_Layer(config) for _ in range(config.layers)))
        self.encoder = nn.ModuleDict({"layers": layers})
        self.final_layer_norm = nn.LayerNorm(config.width, eps=config.norm_eps)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, S, width) of tokens: (B, S) int64."""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.embeddings["token_embedding"](tokens) + self.embeddings["position_embedding"](places)
        return self.final_layer_norm(self.encoder["layers"](x))


class _Layer(nn.Module):
    """Causal self-attention and a feed-forward network, both pre-normalised and residual."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        self.activate = F.gelu if config.activation == "gelu" else _quick_gelu
        self.layer_norm1 = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.self_attn = _Attention(config.width, config.heads)
        self.layer_norm2 = nn.LayerNorm(config.width, eps=config.norm_eps)
        self.mlp = nn.ModuleDict(
            {
                "fc1": nn.Linear(config.width, config.inner_width),
                "fc2": nn.Linear(config.inner_width, config.width),
            }
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, width) of x: (B, S, width)."""
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp["fc2"](self.activate(self.mlp["fc1"](self.layer_norm2(x))))


class _Attention(nn.Module):
    """Multi-head attention to the places before."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        """(B, S, width) of x: (B, S, width)."""
        q, k, v = (
            to(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for to in (self.q_proj, self.k_proj, self.v_proj)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


def _quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


def _padding_symbol(special: Path) -> str:
    """What the file says; the end symbol where it says nothing."""
    said = json.loads(special.read_text(encoding="utf-8")).get("pad_token", END)
    return said["content"] if isinstance(said, dict) else said


def _kind(letter: str) -> str:
    """L letter, N number, blank, or other sign."""
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)[0]
    return category if category in "LN" else "."


def _join(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """symbols with every occurrence of pair made one."""
    joined, i = [], 0
    while i < len(symbols):
        step = 2 if tuple(symbols[i : i + 2]) == pair else 1
        joined.append("".join(symbols[i : i + step]))
        i += step
    return joined


def _letters() -> dict[int, str]:
    """A printable letter for every byte, as published: itself, or one from 256 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}


_LETTER_OF = _letters()
