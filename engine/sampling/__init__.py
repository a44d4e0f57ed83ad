"""Diffusion sampling shared by the model families that sample; knows none of them."""
