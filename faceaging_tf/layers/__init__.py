"""Bricks that the networks are built from."""

from faceaging_tf.layers.age_condition import AgeCondition, AgeVector, FeatureModulation
from faceaging_tf.layers.age_projection import AgeProjection
from faceaging_tf.layers.bare_skin import BareSkin
from faceaging_tf.layers.expected_age import ExpectedAge
from faceaging_tf.layers.face_augmentation import FaceAugmentation
from faceaging_tf.layers.face_warp import FaceWarp
from faceaging_tf.layers.head_statistics import HeadStatistics
from faceaging_tf.layers.image_pool import ImagePool
from faceaging_tf.layers.instance_normalization import InstanceNormalization
from faceaging_tf.layers.reflection_padding import ReflectionPadding2D
from faceaging_tf.layers.residual_block import ResidualBlock
from faceaging_tf.layers.resizing import cut_window, resize_by_matrices
from faceaging_tf.layers.sampling import SampleAlongFlow, sampled
from faceaging_tf.layers.spectral_normalization import SpectralNormalization
