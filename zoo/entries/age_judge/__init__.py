"""The age judge: a second opinion on ages, which no generator is trained against. For measuring."""

from pathlib import Path

from zoo.registry import ESTIMATING, Entry, Training

ENTRY = Entry(
    name="age_judge",
    title="Age judge",
    builder="faceaging_tf.models:AgeRegressor",
    task="Estimates the age of an aligned face, to measure with: another architecture than the age network's, other faces.",
    paper='Rothe, Timofte, Van Gool: "DEX: Deep EXpectation of apparent age from a single image", ICCV Workshops 2015',
    architecture={
        "image_size": 128,
        "network": {
            "network": "age_network",
            "kind": "plain",
            "widths": [24, 48, 96, 128, 192],
            "blocks": [1, 1, 2, 2, 2],
        },
    },
    preset=Path(__file__).with_name("preset"),
    training=Training(
        "faceaging_tf.training.batches_for:age_regressor_batches",
        steps=1600,
        batch_size=64,
        rate=1.5e-3,
    ),
    role=ESTIMATING,
)
