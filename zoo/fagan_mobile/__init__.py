"""FA-GAN for phones: 128 pixels and small generators."""

from pathlib import Path

from zoo.registry import Entry, Training

ENTRY = Entry(
    name="fagan_mobile",
    title="FA-GAN mobile",
    builder="faceaging_tf.models:FAGAN",
    task="Ages faces by any number of years, positive or negative, like fagan: smaller and faster, for phones.",
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
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:fa_gan_batches", rate=4e-4, discriminator_rate=1e-3),
)
