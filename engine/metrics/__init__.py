"""How good a restored film is, in numbers."""
