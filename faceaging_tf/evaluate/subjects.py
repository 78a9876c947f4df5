"""A model, as something to evaluate.

A subject has a `name`, a `fingerprint` (text that changes whenever its outputs would), and the
three methods of `ModelSubject`: `inputs`, `with_outputs`, `outputs`; and `years`, where it has
outputs for some numbers of years only.
"""

import numpy as np


class ModelSubject:
    """A model with `transform(faces, years, ages)` and `estimate_ages(faces)`.

    Args:
        name: how the report calls it.
        model: the model.
        fingerprint: text that changes whenever the model's weights do, such as the checksum of its
            preset.
    """

    def __init__(self, name, model, fingerprint):
        self.name, self.model, self.fingerprint = name, model, fingerprint

    def inputs(self, corpus):
        """The faces that it is given: those of the corpus."""
        return corpus

    def with_outputs(self, inputs, years):
        """Rows of the faces that it can be asked to change by `years`: all."""
        return np.arange(len(inputs))

    def outputs(self, faces, rows, years, ages):
        """The faces aged.

        Args:
            faces: `(N, S, S, 3)` uint8.
            rows: `(N,)` their rows among the inputs.
            years: a number.
            ages: `(N,)` years, nan where not known: then the model's own estimate.

        Returns:
            `(N, S, S, 3)` uint8.
        """
        unknown = np.isnan(ages)
        if unknown.any():
            ages = ages.copy()
            ages[unknown] = self.model.estimate_ages(faces[unknown])
        return self.model.transform(faces, years, ages)
