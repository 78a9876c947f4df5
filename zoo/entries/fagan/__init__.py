"""FA-GAN: ages by a number of years that an age network checks."""

from pathlib import Path

from zoo.registry import Entry, Training

ENTRY = Entry(
    name="fagan",
    title="FA-GAN",
    builder="faceaging_tf.models:FAGAN",
    task="Ages whole heads by any number of years, positive or negative: skin, shape and hair, each with a strength of its own.",
    paper=(
        'Palsson, Agustsson, Timofte, Van Gool: "Generative Adversarial Style Transfer Networks for Face Aging", '
        "CVPR Workshops 2018"
    ),
    architecture={
        "image_size": 512,
        "frame": "whole_head",
        "generator": {"network": "head_generator", "exemplars": 16, "relief_side": 384},
        "rejuvenation_generator": "shared",
        "discriminator": {"network": "patch_discriminator", "filters": 32, "spectral": True},
        "age_network": {"network": "age_network", "image_size": 128},
    },
    paper_architecture={
        "image_size": 256,
        "generator": {"network": "resnet_generator"},
        "discriminator": {"network": "patch_discriminator"},
        "age_network": {"network": "age_network"},
        "adversarial": "least_squares",
    },
    preset=Path(__file__).with_name("preset"),
    training=Training(
        "faceaging_tf.training.batches_for:fa_gan_batches", rate=4e-4, discriminator_rate=1e-3
    ),
    exemplars=Path(__file__).with_name("exemplars.csv"),
)
