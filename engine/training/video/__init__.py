"""Training of the networks that sample (STAR, DiffVSR) and of their VAEs; read loop.py first."""
