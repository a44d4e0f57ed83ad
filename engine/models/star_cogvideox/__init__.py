"""STAR on CogVideoX (Xie et al. 2025): a video transformer that sees the lq beside the noise."""
