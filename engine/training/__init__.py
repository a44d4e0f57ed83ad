"""How the embedded model came to be: procedural film, degradation, losses, loop."""
