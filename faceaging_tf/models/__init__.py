"""Models that train by `fit`."""

from faceaging_tf.models.adversarial import AdversarialModel
from faceaging_tf.models.age_regressor import AgeRegressor
from faceaging_tf.models.base import AgingModel
from faceaging_tf.models.cyclegan import CycleGAN
from faceaging_tf.models.f_gan import FGAN
from faceaging_tf.models.fa_gan import FAGAN
from faceaging_tf.models.group_gan import GroupGAN
