"""Files to frames and back: the only room that imports av."""
