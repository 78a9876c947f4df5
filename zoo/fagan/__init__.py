"""FA-GAN: ages by a number of years that an age network checks."""

from pathlib import Path

from zoo.registry import Entry, Training

ENTRY = Entry(
    name="fagan",
    title="FA-GAN",
    builder="faceaging_tf.models:FAGAN",
    task="Ages faces by any number of years, positive or negative, under the eyes of an age network.",
    paper=(
        'Palsson, Agustsson, Timofte, Van Gool: "Generative Adversarial Style Transfer Networks for Face Aging", '
        "CVPR Workshops 2018"
    ),
    architecture={
        "image_size": 128,
        "generator": {"network": "mobile_generator"},
        "discriminator": {"network": "patch_discriminator", "filters": 32, "spectral": True},
        "age_network": {"network": "age_network"},
    },
    paper_architecture={
        "image_size": 256,
        "generator": {"network": "resnet_generator"},
        "discriminator": {"network": "patch_discriminator"},
        "age_network": {"network": "age_network"},
        "adversarial": "least_squares",
        "age_sees": "image",
        "wrong_age": 0.0,
        "weights": {"change": 0.0, "smoothness": 0.0},
    },
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:fa_gan_batches", rate=4e-4, discriminator_rate=1e-3),
)
