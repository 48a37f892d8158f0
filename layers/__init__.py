"""What is shown of routes and crossings: features, maps, pages, files and the command line."""

import logging

import lazy_loader

import geo

if not getattr(geo, "__routeways__", False):
    raise ImportError(
        f"Another package named 'geo' ({getattr(geo, '__file__', None) or 'a folder without __init__.py'}) hides "
        "the one of routeways: run in a fresh virtual environment, or rename or uninstall the other."
    )

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

logging.getLogger(__name__).addHandler(logging.NullHandler())
