"""STAR on I2VGen-XL (Xie et al. 2025, arXiv 2501.02976): networks, published weights and sampler."""
