"""Cycle consistency: there and back again is where one began."""

from faceaging_tf.losses.mean_absolute import mean_absolute
from faceaging_tf.typing import Tensor


def cycle_consistency(images: Tensor, cycled: Tensor) -> Tensor:
    """`E|F(G(x)) - x|` (Zhu et al., ICCV 2017): images and their round trip, `(N, H, W, C)` each,
    to `(N,)`.
    """
    return mean_absolute(cycled, images)
