"""The paper's weak L1: a translated picture stays near its input, so that the background does not
invert.
"""

from faceaging_tf.losses.mean_absolute import mean_absolute
from faceaging_tf.typing import Tensor


def weak_l1(images: Tensor, translated: Tensor) -> Tensor:
    """`E|G(x) - x|`, x of the domain that G maps *from* (Palsson et al., CVPRW 2018):
    `(N, H, W, C)` each, to `(N,)`.

    The paper weighs the sum of both directions by 0.5. Not the identity mapping loss, whose picture
    is of the other domain.
    """
    return mean_absolute(translated, images)
