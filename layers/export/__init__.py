"""Layers for GIS: GeoJSON by RFC 7946 and its siblings, with their licences inside, and QGIS styles."""

from layers.export.files import FORMATS, encode_layer, export_layer
from layers.export.frames import LAYERS, layer_frame
from layers.export.metadata import layer_metadata
from layers.export.styles import style_text, write_style
from layers.writing import write_bytes

__all__ = [
    "FORMATS",
    "LAYERS",
    "encode_layer",
    "export_layer",
    "layer_frame",
    "layer_metadata",
    "style_text",
    "write_bytes",
    "write_style",
]
