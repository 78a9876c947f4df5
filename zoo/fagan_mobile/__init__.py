"""FA-GAN for phones: 128 pixels and small generators."""

import dataclasses
from pathlib import Path

from zoo import fagan

ENTRY = dataclasses.replace(
    fagan.ENTRY,
    name="fagan_mobile",
    title="FA-GAN mobile",
    task="Ages faces by any number of years, positive or negative, like fagan: smaller and faster, for phones.",
    paper_architecture={},
    preset=Path(__file__).with_name("preset"),
)
