"""Models out to files that phones, servers and browsers run."""

from faceaging_tf.errors import ExportError
from faceaging_tf.export.exporting import FORMATS, PRECISIONS, SUFFIXES, Exported, export
from faceaging_tf.export.parity import BOUNDS, Comparison, Parity
