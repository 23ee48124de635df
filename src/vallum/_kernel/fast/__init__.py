"""The compiled kernel: the same nights as `reference`, one future at a time, without the interpreter."""

from vallum._kernel.fast.packing import compiled, nights

__all__ = ["compiled", "nights"]
