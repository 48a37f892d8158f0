"""What is shown of routes and crossings: features, maps, pages, files and the command line."""

import logging

import lazy_loader

_lazy_getattr, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

logging.getLogger(__name__).addHandler(logging.NullHandler())


def check_names() -> None:
    """Raise where another package named ``geo`` stands before the one of routeways.

    Raises
    ------
    ImportError
        If the ``geo`` that Python finds is not the one this package was released with.
    """
    import geo

    if not getattr(geo, "__routeways__", False):
        owner = getattr(geo, "__file__", None) or next(iter(getattr(geo, "__path__", ["a folder"])))
        raise ImportError(
            f"Another package named 'geo' ({owner}) hides the one of routeways: work in a fresh virtual "
            "environment, or rename or uninstall the other; `routeways doctor` says more."
        )


def __getattr__(name: str) -> object:
    check_names()
    return _lazy_getattr(name)
