"""What can be wrong with what is to be evaluated."""


class EvaluationError(ValueError):
    """Faces, pairs or a model file that cannot be evaluated; the message is one sentence for whoever gave them."""
