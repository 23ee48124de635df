"""The readable kernel: the same nights as the compiled one, in plain Python, to read and to test against.

`defence` says what stands, `morning` what happens before a night, `threats` who comes, `engagement` how
threats are fought one by one, `groups` how they are fought by the dozen, `campaign` what a future is.
"""

from vallum._kernel.reference.campaign import nights

__all__ = ["nights"]
