"""What is known of routes and crossings: counts, shapes and statistics. Nothing here draws.

Names load on first use, so that ``import geo`` costs next to nothing.
"""

import logging

import lazy_loader

__version__ = "0.1.0"
__routeways__ = True
"""Marks this package as the one of the routeways distribution; another ``geo`` lacks it."""

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

logging.getLogger(__name__).addHandler(logging.NullHandler())
