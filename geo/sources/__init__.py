"""Published files into tidy counts: one publisher a module, one function for all of them.

>>> from geo.sources import list_sources, read_source
>>> list_sources().loc["frontex", "fetched"]
'by hand where the host refuses programs'

A file that a user downloaded is read with :func:`read_source`, which knows the formats by their content.
Where a publisher allows programs, :func:`fetch_source` downloads the newest files first.
"""

from geo.sources._fetching import fetch_source, fetched_together, read_addresses, read_fetched
from geo.sources._registry import list_sources, read_source

__all__ = [
    "fetch_source",
    "fetched_together",
    "list_sources",
    "read_addresses",
    "read_fetched",
    "read_source",
]
