from .claims import check_claims as check_claims
from .claims import read_claims as read_claims
from .coast import read_coast as read_coast
from .coast import read_countries as read_countries
from .corridors import build_corridors as build_corridors
from .corridors import build_segments as build_segments
from .counts import add_counts as add_counts
from .counts import as_known as as_known
from .counts import list_series as list_series
from .counts import read_counts as read_counts
from .counts import select_counts as select_counts
from .cube import build_cube as build_cube
from .cube import read_cube as read_cube
from .cube import write_cube as write_cube
from .land import read_roads as read_roads
from .places import find_place as find_place
from .places import nearest_places as nearest_places
from .places import places_within as places_within
from .places import read_places as read_places
from .routes import read_corridors as read_corridors
from .routes import read_routes as read_routes
from .sea import sea_path as sea_path
from .sources import fetch_source as fetch_source
from .sources import list_sources as list_sources
from .sources import read_source as read_source
from .stats import corridor_stats as corridor_stats
from .stats import leg_figures as leg_figures
from .vintages import add_snapshot as add_snapshot
from .vintages import diff_vintages as diff_vintages
from .vintages import list_vintages as list_vintages
from .vintages import read_vintage as read_vintage
from .vintages import read_vintages as read_vintages
from .vintages import revision_ranges as revision_ranges
from .vintages import revision_triangle as revision_triangle

__version__: str
__routeways__: bool
