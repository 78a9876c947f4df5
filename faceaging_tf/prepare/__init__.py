"""From a folder of pictures, whatever its layout, to a corpus that trains."""

from faceaging_tf.errors import PrepareError
from faceaging_tf.prepare.preparing import Prepared, prepare
from faceaging_tf.prepare.settings import Settings
