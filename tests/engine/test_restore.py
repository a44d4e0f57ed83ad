"""The main path on small synthesised clips: frames, times, audio, resume, cancel, memory, and nothing left behind."""
