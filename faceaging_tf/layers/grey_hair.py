"""Where hair is grey: what gets its colour back."""

from keras import ops

from faceaging_tf.layers.bare_skin import between
from faceaging_tf.layers.gaussian import enlarged
from faceaging_tf.layers.guided_filter import box
from faceaging_tf.layers.mean_face_part import mean_of

# Hair is fair rather than grey from the first of these on to the second: how far its mean colour is
# from pale.
FAIR = (0.2, 0.4)
# Grey hair is told from skin where it is paler by so much, and a pixel is all hair from so much of
# the way on.
PALER, SHARE = (0.12, 0.18), (0.2, 1.0)
# Radius in pixels of the hair's mask over which hair is of one colour.
AROUND = 2


def where_grey(face, small_face, skin, hair, surely):
    """Which share of each pixel is grey hair rather than skin, by how pale it is, `(N, S, S, 1)`,
    and how grey the hair is on the whole, `(N, 1, 1, 1)`, both 0 to 1.

    By lightness, grey hair and skin are alike. Where hair is hardly paler than skin, nothing.

    Args:
        face, small_face: `(N, S, S, 3)` and the same, smaller, `(N, h, h, 3)`, in 0 to 1.
        skin, hair: `(N, h, h, 1)` in 0 to 1.
        surely: `(N, S, S, 1)` in 0 to 1, where the colour around counts, not the pixel's alone:
            deep in the hair and far from skin; foreheads that pass for hair are coloured there.
    """
    of_skin, of_hair = (paleness(mean_of(small_face, mask)) for mask in (skin, hair))
    paler = of_hair - of_skin
    share = lambda colours: between(
        (paleness(colours) - of_skin) / ops.maximum(paler, PALER[0]), *SHARE
    )
    around = box(small_face * hair, AROUND) / ops.maximum(box(hair, AROUND), 0.05)
    found = ops.maximum(share(face), surely * enlarged(share(around), face.shape[1]))
    return between(paler, *PALER) * found, 1.0 - between(1.0 - of_hair, *FAIR)


def paleness(colours):
    """How little coloured `(N, h, w, 3)` are, `(N, h, w, 1)`: 1 for grey."""
    most = ops.max(colours, axis=-1, keepdims=True)
    return ops.min(colours, axis=-1, keepdims=True) / ops.maximum(most, 0.05)
