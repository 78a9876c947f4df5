"""Where in a picture small faces may be: a small network of the project's own, on LiteRT.

It looks at a million pixels in the time that the face detector takes for a few of its tiles, and
many tiles need no other look. It was made by `tools/fit_proposals.py`.
"""

from pathlib import Path

import numpy as np

from faceaging_tf.runtime.litert import interpreter_of

FILE = Path(__file__).with_name("proposals.tflite")
# Heights of the faces that it was trained to see, in pixels, from the brows to the chin; pixels
# from one of its answers to the next.
SMALLEST, LARGEST = 13, 52
STRIDE = 8
# Answers from so many logits on are no noise.
LEAST_LOGIT = -5.0
# In dim light the brightest hundredth is brought to so many levels of 255.
BRIGHT = 200


def face_proposals(pixels, threads=1):
    """Places of faces of 13 to 52 pixels, many of each face, and others.

    Args:
        pixels: `(H, W, 3)` uint8.
        threads: that look at a time.

    Returns:
        `(N, 2)` float64 (x, y) in pixels, and `(N,)` float32, the logit of each, -5 at least.

    Raises:
        NetworkFileError: `ai-edge-litert` is not installed.

    Example:
        >>> import numpy as np
        >>> from faceaging_tf.runtime.proposals import face_proposals
        >>> places, logits = face_proposals(np.full((90, 120, 3), 128, np.uint8))
        >>> places.shape, logits.shape
        ((0, 2), (0,))
    """
    # An interpreter that has been given another size than its first one is thirty times slower.
    interpreter = interpreter_of(FILE, threads, (1, *pixels.shape))
    given = interpreter.tensor(interpreter.get_input_details()[0]["index"])()[0]
    brightest = np.percentile(pixels[:: STRIDE // 2, :: STRIDE // 2], 99)
    np.multiply(pixels, np.float32(max(BRIGHT / max(brightest, 1), 1) / 127.5), out=given)
    given -= 1
    np.minimum(given, 1, out=given)
    # The interpreter does not run while somebody holds what is its own.
    del given
    interpreter.invoke()
    logits = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0, ..., 0]
    rows, columns = np.nonzero(logits >= LEAST_LOGIT)
    places = np.column_stack([columns, rows]) * STRIDE + (STRIDE - 1) / 2
    return places, logits[rows, columns]
