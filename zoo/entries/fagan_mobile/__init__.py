"""FA-GAN for phones: 256 pixels per head, and half of the exemplars."""

import dataclasses
from pathlib import Path

from zoo.entries import fagan

ENTRY = dataclasses.replace(
    fagan.ENTRY,
    name="fagan_mobile",
    title="FA-GAN mobile",
    task="Ages whole heads by any number of years, positive or negative, like fagan: smaller and faster, for phones.",
    architecture={
        **fagan.ENTRY.architecture,
        "image_size": 256,
        "generator": {"network": "head_generator", "exemplars": 8, "relief_side": 192},
    },
    paper_architecture={},
    preset=Path(__file__).with_name("preset"),
    exemplars=Path(__file__).with_name("exemplars.csv"),
)
