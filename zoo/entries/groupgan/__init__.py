"""Group-GAN: a CycleGAN for each pair of the four age groups."""

import dataclasses
from pathlib import Path

from zoo.entries import cyclegan, fagan
from zoo.registry import Training

ENTRY = dataclasses.replace(
    cyclegan.ENTRY,
    name="groupgan",
    title="Group-GAN",
    builder="faceaging_tf.models:GroupGAN",
    task="Translates whole heads between the age groups 0-20, 20-40, 40-60 and 60+, one network for each of the twelve directions.",
    paper=fagan.ENTRY.paper,
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:group_gan_batches", batch_size=2),
)
