from .brief import build_brief as build_brief
from .bundle import write_bundle as write_bundle
from .export import export_layer as export_layer
from .page import save_page as save_page
from .sheet import build_map as build_map
