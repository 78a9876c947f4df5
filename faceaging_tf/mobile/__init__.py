"""Runs exported models with LiteRT and NumPy alone: no TensorFlow, no Keras."""

from faceaging_tf.errors import MobileError
from faceaging_tf.mobile.ager import Ager
from faceaging_tf.mobile.file_model import FileModel
