"""The window: everything that needs a screen. Importing it loads no torch."""
