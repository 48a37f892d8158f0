"""Statistics of corridors: totals, changes, ranks, runs and dates, each with its sentence.

Names load on first use; nothing here draws or reads shapes.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
