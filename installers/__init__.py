"""What makes the application that people install; see build.py."""
