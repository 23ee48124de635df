"""Where futures run: on the threads of this machine, on its processes, or on a Dask cluster.

The engine is given a function and knows nothing of the model. Every block is a pure function of the numbers of
its futures, and blocks are handed back in their order: the answer does not depend on the place, on the block
size, on the workers or on who finishes first.
"""

from vallum.engine.blocks import blocks, cores, staggered
from vallum.engine.places import PLACES, Place, place

__all__ = ["PLACES", "Place", "blocks", "cores", "place", "staggered"]
