"""Model families: each folder answers "restore this segment of frames"."""
