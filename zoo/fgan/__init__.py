"""F-GAN: FA-GAN for up to twenty years, Group-GAN beyond."""

from pathlib import Path

from zoo.fagan import ENTRY as FA_GAN
from zoo.groupgan import ENTRY as GROUP_GAN
from zoo.registry import Entry, Training

ENTRY = Entry(
    name="fgan",
    title="F-GAN",
    builder="faceaging_tf.models:FGAN",
    task="Ages faces with FA-GAN by up to 20 years either way and with Group-GAN beyond.",
    paper=(
        'Palsson, Agustsson, Timofte, Van Gool: "Generative Adversarial Style Transfer Networks for Face Aging", '
        "CVPR Workshops 2018"
    ),
    architecture={"image_size": 128, "fa_gan": FA_GAN.architecture, "group_gan": GROUP_GAN.architecture},
    paper_architecture={"image_size": 256, "fa_gan": FA_GAN.paper_architecture, "group_gan": GROUP_GAN.paper_architecture},
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:f_gan_batches", batch_size=2),
)
