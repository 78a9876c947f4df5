"""The zoo: face-ageing models by name, with their weights, ready to use.

`zoo.load("fagan")` gives a model with `transform(faces, years)`, `zoo.age("me.jpg", 30)` ages a
whole photo, and `zoo.list()` names the entries. Importing `zoo` is cheap: Keras is imported when
the first model is loaded.
"""

from typing import TYPE_CHECKING

from faceaging_tf.lazy import lazy_names

if TYPE_CHECKING:
    # The same for type checkers, which do not follow `__getattr__`.
    from faceaging_tf.errors import FaceAgingError as FaceAgingError
    from zoo.errors import ZooError as ZooError
    from zoo.loading import forget as forget
    from zoo.loading import load as load
    from zoo.presets.card import Card as Card
    from zoo.presets.saving import save as save
    from zoo.registry import Entry as Entry
    from zoo.registry import Training as Training
    from zoo.registry import list as list
    from zoo.registry import register as register
    from zoo.tasks.age import age as age
    from zoo.tasks.age_video import age_video as age_video
    from zoo.tasks.age_video import sweep as sweep
    from zoo.tasks.describe import describe as describe
    from zoo.tasks.plot import plot_change as plot_change
    from zoo.tasks.plot import plot_grid as plot_grid
    from zoo.tasks.plot import plot_strip as plot_strip
    from zoo.tasks.plot import plot_training as plot_training
    from zoo.verbs import evaluate as evaluate
    from zoo.verbs import export as export
    from zoo.verbs import prepare as prepare
    from zoo.verbs import train as train

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    {
        "Card": "zoo.presets.card",
        "Entry": "zoo.registry",
        "FaceAgingError": "faceaging_tf.errors",
        "Training": "zoo.registry",
        "ZooError": "zoo.errors",
        "age": "zoo.tasks.age",
        "age_video": "zoo.tasks.age_video",
        "describe": "zoo.tasks.describe",
        "evaluate": "zoo.verbs",
        "export": "zoo.verbs",
        "forget": "zoo.loading",
        "list": "zoo.registry",
        "load": "zoo.loading",
        "plot_change": "zoo.tasks.plot",
        "plot_grid": "zoo.tasks.plot",
        "plot_strip": "zoo.tasks.plot",
        "plot_training": "zoo.tasks.plot",
        "prepare": "zoo.verbs",
        "register": "zoo.registry",
        "save": "zoo.presets.saving",
        "sweep": "zoo.tasks.age_video",
        "train": "zoo.verbs",
    },
)
