"""The zoo: face-ageing models by name, with their weights, ready to use.

`zoo.load("fagan")` gives a model with `transform(faces, years)`, `zoo.age("me.jpg", 30)` ages a
whole photo, and `zoo.list()` names the entries. Importing `zoo` is cheap: Keras is imported when
the first model is loaded.
"""

from faceaging_tf.lazy import lazy_names

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Entry": "zoo.registry",
        "FaceAgingError": "faceaging_tf.errors",
        "Training": "zoo.registry",
        "ZooError": "zoo.errors",
        "age": "zoo.tasks.age",
        "describe": "zoo.tasks.describe",
        "forget": "zoo.loading",
        "list": "zoo.registry",
        "load": "zoo.loading",
        "plot_change": "zoo.tasks.plot",
        "plot_grid": "zoo.tasks.plot",
        "plot_strip": "zoo.tasks.plot",
        "plot_training": "zoo.tasks.plot",
        "register": "zoo.registry",
        "save": "zoo.presets.saving",
    },
)
