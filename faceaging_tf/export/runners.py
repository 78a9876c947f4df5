"""Exported files as functions from named arrays to named arrays, by the runtimes that will run
them; for LiteRT see `faceaging_tf.mobile`.
"""

from faceaging_tf.errors import ExportError
from faceaging_tf.export.onnx_file import AGED_FACE
from faceaging_tf.export.signatures import FACE
from faceaging_tf.optional import EXPORT, needed


class OnnxRunner:
    """An ONNX file; it has one signature, whatever it is called by.

    Args:
        path: the file, or its bytes.
        threads: of its session.
    """

    def __init__(self, path, threads=2):
        onnxruntime = needed("onnxruntime", EXPORT, "Comparing an ONNX file with its model")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(
            path if isinstance(path, bytes) else str(path),
            options,
            providers=["CPUExecutionProvider"],
        )
        self._outputs = [one.name for one in self.session.get_outputs()]
        # Those with a default, too.
        self._inputs = {
            one.name
            for one in [
                *self.session.get_inputs(),
                *self.session.get_overridable_initializers(),
            ]
        }

    def __call__(self, signature, inputs):
        """The outputs, by name."""
        given = {name: value for name, value in inputs.items() if name in self._inputs}
        outputs = dict(zip(self._outputs, self.session.run(None, given), strict=True))
        return {FACE if name == AGED_FACE else name: value for name, value in outputs.items()}


class SavedModelRunner:
    """A TensorFlow SavedModel; threads are TensorFlow's own.

    Args:
        path: its folder, that of the version.
    """

    def __init__(self, path, threads=None):
        import tensorflow as tf

        self.model = tf.saved_model.load(str(path))

    def __call__(self, signature, inputs):
        """The outputs of a signature, by name."""
        import tensorflow as tf

        if signature not in self.model.signatures:
            raise ExportError(
                f"There is no signature {signature!r}; there are {', '.join(self.model.signatures)}."
            )
        outputs = self.model.signatures[signature](
            **{name: tf.constant(value) for name, value in inputs.items()}
        )
        return {name: value.numpy() for name, value in outputs.items()}
