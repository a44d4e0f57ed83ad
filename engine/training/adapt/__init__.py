"""The embedded model adapted to somebody's own footage: look, cut, learn, measure, keep."""
