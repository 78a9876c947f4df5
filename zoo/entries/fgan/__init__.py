"""F-GAN: FA-GAN up to a threshold of years, Group-GAN beyond."""

import dataclasses
from pathlib import Path

from zoo.entries import fagan, fagan_mobile, groupgan
from zoo.registry import Training

ENTRY = dataclasses.replace(
    fagan.ENTRY,
    name="fgan",
    title="F-GAN",
    builder="faceaging_tf.models:FGAN",
    task="Ages whole heads with FA-GAN up to a threshold of years either way and with Group-GAN beyond (20 in the paper).",
    architecture={
        "image_size": 256,
        "fa_gan": fagan_mobile.ENTRY.architecture,
        "group_gan": groupgan.ENTRY.architecture,
        "threshold": 50.0,
    },
    paper_architecture={
        "image_size": 256,
        "fa_gan": fagan.ENTRY.paper_architecture,
        "group_gan": groupgan.ENTRY.paper_architecture,
    },
    small_architecture={},
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:f_gan_batches", batch_size=2),
    exemplars=None,
)
