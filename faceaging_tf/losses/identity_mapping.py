"""Identity mapping: what is in the target domain already stays as it is."""

from faceaging_tf.losses.mean_absolute import mean_absolute
from faceaging_tf.typing import Tensor


def identity_mapping(images: Tensor, mapped: Tensor) -> Tensor:
    """`E|G(y) - y|`, y of the domain that G maps *to* (Zhu et al., ICCV 2017, section 5.2):
    `(N, H, W, C)` each, to `(N,)`.
    """
    return mean_absolute(mapped, images)
