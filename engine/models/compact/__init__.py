"""The embedded default: a small five-frame network with a fidelity and a detail head."""
