"""Architectures alone: functional models without a loss."""

from faceaging_tf.networks.age_network import age_network
from faceaging_tf.networks.face_parser import face_parser
from faceaging_tf.networks.head_discriminator import head_discriminator
from faceaging_tf.networks.head_generator import head_generator, is_head_generator, translation_of
from faceaging_tf.networks.mobile_generator import mobile_generator, parts_of
from faceaging_tf.networks.patch_discriminator import patch_discriminator
from faceaging_tf.networks.registry import build, serialize
from faceaging_tf.networks.resnet_generator import resnet_generator
