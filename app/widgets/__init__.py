"""Widgets: they show state and emit intentions."""
