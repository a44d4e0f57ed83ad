"""DiffVSR (Li et al. 2025, arXiv 2501.10110): a latent diffusion upscaler for real-world video, times four."""
