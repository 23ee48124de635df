"""The compiled kernel: the same nights as `reference`, one future at a time, without the interpreter."""

from vallum._kernel.fast.packing import nights

__all__ = ["nights"]
