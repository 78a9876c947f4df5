"""Signatures traced by TensorFlow, from which every format is made."""

from faceaging_tf.export.signatures import AGE, FACE, TRANSFORM, YEARS

SERVING_DEFAULT = "serving_default"


def traced(signatures, size, as_bytes, batch=1):
    """`tf.function`s of signatures, by name, for inputs of fixed shape.

    Args:
        signatures: dict of `Signature`s.
        size: side of the face in pixels.
        as_bytes: whether faces are uint8.
        batch: faces at a time, None for any number; `transform` then goes through them one by one.
    """
    import tensorflow as tf

    specs = {
        FACE: tf.TensorSpec(
            (batch, size, size, 3), tf.uint8 if as_bytes else tf.float32, name=FACE
        ),
        YEARS: tf.TensorSpec((batch, 1), tf.float32, name=YEARS),
        AGE: tf.TensorSpec((batch, 1), tf.float32, name=AGE),
    }

    def of(signature):
        own = {
            name: tf.TensorSpec((batch, len(values)), tf.float32, name=name)
            for name, values in signature.defaults.items()
        }
        return [{**specs, **own}[given] for given in signature.inputs]

    def one(name, signature):
        function = signature.function
        if name == TRANSFORM and batch != 1:
            function = _one_by_one(function, signature.outputs, as_bytes)
        return tf.function(function, input_signature=of(signature), autograph=False)

    return {name: one(name, signature) for name, signature in signatures.items()}


def _one_by_one(function, outputs, as_bytes):
    """A function of single faces as one of a batch, in a loop of the graph's own."""
    import tensorflow as tf

    def batched(*inputs):
        single = lambda rows: {
            name: value[0] for name, value in function(*(row[None] for row in rows)).items()
        }
        kinds = {name: tf.uint8 if as_bytes and name == FACE else tf.float32 for name in outputs}
        return tf.map_fn(single, inputs, fn_output_signature=kinds)

    return batched


def write_saved_model(functions, folder, variables):
    """A TensorFlow SavedModel of traced functions, each a signature; `transform` is
    `serving_default` too.

    Args:
        functions: dict of what `traced` gives.
        folder: where it is written.
        variables: Keras variables that the functions may read; those that none reads are left out.
    """
    import tensorflow as tf

    module = tf.Module()
    # Given as they are, functions would be traced a second time.
    graphs = {name: function.get_concrete_function() for name, function in functions.items()}
    # TensorFlow's own variables alone: a Keras model would be traced layer by layer, and need Keras
    # to be read.
    used = {id(variable) for graph in graphs.values() for variable in graph.variables}
    module.weights = [variable.value for variable in variables if id(variable.value) in used]
    # Of directions alone a LiteRT file is made, and none of them is the one to serve.
    default = {SERVING_DEFAULT: graphs[TRANSFORM]} if TRANSFORM in graphs else {}
    tf.saved_model.save(module, str(folder), signatures={**default, **graphs})
