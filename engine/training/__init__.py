"""How the embedded model is made: procedural clips, real degradations, one loop."""
