"""The age network: estimates the age of a face. The entries use it; it ages nothing itself."""

from pathlib import Path

from zoo.registry import ESTIMATING, Entry, Training

TRAINING = Training(
    "faceaging_tf.training.batches_for:age_regressor_batches", steps=1600, batch_size=64, rate=2e-3
)
ENTRY = Entry(
    name="age_network",
    title="Age network",
    builder="faceaging_tf.models:AgeRegressor",
    task="Estimates the age of an aligned face in years, as the expected value of a distribution over 0 to 100.",
    paper='Rothe, Timofte, Van Gool: "DEX: Deep EXpectation of apparent age from a single image", ICCV Workshops 2015',
    architecture={
        "image_size": 128,
        "network": {"network": "age_network"},
        "augmentation": {
            "light": 0.25,
            "blur": 0.95,
            "grain": 0.04,
            "shift": 0.05,
            "scale": 0.1,
            "colour": 0.15,
            "retouch": 1.0,
        },
    },
    preset=Path(__file__).with_name("preset"),
    training=TRAINING,
    role=ESTIMATING,
)
