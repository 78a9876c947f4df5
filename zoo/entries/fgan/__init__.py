"""F-GAN: FA-GAN up to a threshold of years, Group-GAN beyond."""

from pathlib import Path

from zoo.entries.fagan import ENTRY as PAPER_FA_GAN
from zoo.entries.fagan_mobile import ENTRY as FA_GAN
from zoo.entries.groupgan import ENTRY as GROUP_GAN
from zoo.registry import Entry, Training

ENTRY = Entry(
    name="fgan",
    title="F-GAN",
    builder="faceaging_tf.models:FGAN",
    task="Ages faces with FA-GAN up to a threshold of years either way and with Group-GAN beyond (20 in the paper).",
    paper=(
        'Palsson, Agustsson, Timofte, Van Gool: "Generative Adversarial Style Transfer Networks for Face Aging", '
        "CVPR Workshops 2018"
    ),
    architecture={
        "image_size": 256,
        "fa_gan": FA_GAN.architecture,
        "group_gan": GROUP_GAN.architecture,
    },
    paper_architecture={
        "image_size": 256,
        "fa_gan": PAPER_FA_GAN.paper_architecture,
        "group_gan": GROUP_GAN.paper_architecture,
    },
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:f_gan_batches", batch_size=2),
)
