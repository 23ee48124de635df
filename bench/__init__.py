"""How fast vallum is against what would be written instead: `python -m bench`. Not part of the package."""
