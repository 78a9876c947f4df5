"""The age judge: a second opinion on ages, which no generator is trained against. For measuring."""

import dataclasses
from pathlib import Path

from zoo.entries import age_network

ENTRY = dataclasses.replace(
    age_network.ENTRY,
    name="age_judge",
    title="Age judge",
    task="Estimates the age of an aligned face, to measure with: another architecture than the age network's, other faces.",
    architecture={
        "image_size": 128,
        "network": {
            "network": "age_network",
            "kind": "plain",
            "widths": [24, 48, 96, 128, 192],
            "blocks": [1, 1, 2, 2, 2],
        },
        "augmentation": {
            "shift": 0.05,
            "turn": 12.0,
            "scale": 0.1,
            "light": 0.15,
            "colour": 0.15,
            "blur": 0.5,
            "grain": 0.02,
        },
    },
    preset=Path(__file__).with_name("preset"),
    training=dataclasses.replace(age_network.TRAINING, rate=1.5e-3),
)
