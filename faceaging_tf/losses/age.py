"""The age loss: a face asked to be k years older looks k years older."""

from keras import ops

from faceaging_tf.typing import Tensor


def age_shift(age_before: Tensor, age_after: Tensor, years: Tensor) -> Tensor:
    """`|age(G(x, k)) - age(x) - k|`, in years (Palsson et al., CVPRW 2018).

    Args:
        age_before: `(N,)`, years, of the input.
        age_after: `(N,)`, years, of the output, differentiable.
        years: `(N,)`, k, negative for younger.

    Returns:
        `(N,)` float32.
    """
    before, after, k = (ops.cast(value, "float32") for value in (age_before, age_after, years))
    return ops.abs(after - before - k)
