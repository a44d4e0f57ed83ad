"""Evenstar's engine: everything that works without a screen. Importing it loads nothing else."""
