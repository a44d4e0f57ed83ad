"""The text side of STAR on CogVideoX: T5's tokenizer and encoder (Raffel et al. 2020), from their published files.

A prompt describes what is to be seen; without one it is empty, which is not the same as the zeros that stand
against it. The embedding of a prompt is a constant: the encoder, 9.5 GB, is needed once for each.
transformers is imported when an encoder is built, not before.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models.star_cogvideox.config import TextConfig

END, PADDING = 1, 0
"""Token ids after a prompt."""


def tokenize(model: Path, prompt: str, length: int) -> Tensor:
    """(1, length) int64 ids: the prompt (cut where it is too long), END, PADDING.

    model: the published spiece.model. Raises ModelError when it cannot be read.
    """
    from sentencepiece import SentencePieceProcessor

    try:
        # Read here: the library aborts the process for some files that it cannot open.
        content = model.read_bytes()
        processor: Any = SentencePieceProcessor(model_proto=content)
        ids = processor.encode(prompt)[: length - 1]
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{model}: not a readable tokenizer ({error})") from error
    tokens = torch.full((1, length), PADDING)
    tokens[0, : len(ids) + 1] = torch.tensor([*ids, END])
    return tokens


def build_text_encoder(config: TextConfig) -> nn.Module:
    """The encoder with untrained weights and the published keys."""
    from transformers.models.t5.configuration_t5 import T5Config
    from transformers.models.t5.modeling_t5 import T5EncoderModel

    return T5EncoderModel(
        T5Config(
            vocab_size=config.vocabulary,
            d_model=config.width,
            d_kv=config.head_width,
            d_ff=config.inner_width,
            num_layers=config.layers,
            num_heads=config.heads,
            feed_forward_proj="gated-gelu",
            dropout_rate=0.0,
            is_encoder_decoder=False,
            use_cache=False,
        )
    )


ALIASES = {"encoder.embed_tokens.weight": "shared.weight"}
"""The token table has two names in the module and may have one in the file."""


@torch.inference_mode()
def embed(encoder: nn.Module, tokens: Tensor) -> Tensor:
    """(1, length, width) in the encoder's dtype: the last state at all places, padding included.

    tokens: (1, length) int64 on the encoder's device. As published no place is masked.
    """
    return encoder(input_ids=tokens).last_hidden_state
