"""Group-GAN: a CycleGAN for each pair of the four age groups."""

from pathlib import Path

from zoo.registry import Entry, Training

ENTRY = Entry(
    name="groupgan",
    title="Group-GAN",
    builder="faceaging_tf.models:GroupGAN",
    task="Translates faces between the age groups 0-20, 20-40, 40-60 and 60+, one network for each of the twelve directions.",
    paper=(
        'Palsson, Agustsson, Timofte, Van Gool: "Generative Adversarial Style Transfer Networks for Face Aging", '
        "CVPR Workshops 2018"
    ),
    architecture={
        "image_size": 128,
        "generator": {"network": "mobile_generator"},
        "discriminator": {"network": "patch_discriminator", "filters": 32},
        "age_network": {"network": "age_network"},
    },
    paper_architecture={
        "image_size": 256,
        "generator": {"network": "resnet_generator"},
        "discriminator": {"network": "patch_discriminator"},
        "age_network": {"network": "age_network"},
    },
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:group_gan_batches", batch_size=2),
)
