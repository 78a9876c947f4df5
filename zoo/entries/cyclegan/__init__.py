"""CycleGAN: one pair of age groups, younger and older."""

from pathlib import Path

from zoo.entries import fagan_mobile
from zoo.registry import Entry, Training

ENTRY = Entry(
    name="cyclegan",
    title="CycleGAN",
    builder="faceaging_tf.models:CycleGAN",
    task="Translates whole heads between two age groups, one network each way; years are reached by a share of the change.",
    paper='Zhu, Park, Isola, Efros: "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV 2017',
    architecture={
        "image_size": 256,
        "frame": "whole_head",
        "generator": fagan_mobile.ENTRY.architecture["generator"],
        "discriminator": {"network": "patch_discriminator", "filters": 32},
        "age_network": fagan_mobile.ENTRY.architecture["age_network"],
    },
    paper_architecture={
        "image_size": 256,
        "generator": {"network": "resnet_generator"},
        "discriminator": {"network": "patch_discriminator"},
        "age_network": {"network": "age_network"},
    },
    small_architecture={
        "image_size": 128,
        "generator": {"network": "mobile_generator", "warp": 0.12},
        "discriminator": {"network": "patch_discriminator", "filters": 32},
        "age_network": {"network": "age_network"},
    },
    preset=Path(__file__).with_name("preset"),
    training=Training("faceaging_tf.training.batches_for:cyclegan_batches"),
    exemplars=fagan_mobile.ENTRY.exemplars,
)
