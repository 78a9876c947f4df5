"""Times an entry itself, called as a user calls it, in a process of its own; see
`faceaging_tf.mobile.timing`.
"""

import json
import sys

from faceaging_tf.mobile.timing import timed


def model(name, direction, threads):
    """A function from named inputs to faces, by Keras."""
    import tensorflow as tf

    import zoo

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    loaded = zoo.load(name)
    return lambda inputs: loaded.transform(
        ((inputs["face"] + 1) * 127.5).astype("uint8"),
        float(inputs["years"][0, 0]),
        float(inputs["age"][0, 0]),
    )


if __name__ == "__main__":
    print(json.dumps(timed(**{**json.loads(sys.argv[1]), "kind": model})))
