from .brief import build_brief as build_brief
from .bundle import write_bundle as write_bundle
from .displays import show as show
from .dossier import Dossier as Dossier
from .dossier import Options as Options
from .exploration import explore as explore
from .export import export_layer as export_layer
from .export import layer_frame as layer_frame
from .export import layer_metadata as layer_metadata
from .many import add_lines as add_lines
from .page import save_page as save_page
from .picture import draw_map as draw_map
from .picture import save_picture as save_picture
from .picture import thumbnail as thumbnail
from .sheet import build_map as build_map

def check_names() -> None: ...
