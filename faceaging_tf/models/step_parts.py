"""What the steps of both backends have in common."""


def batch_of(data):
    """The batch of what `fit` hands to a step."""
    return data[0] if isinstance(data, (tuple, list)) else data


def by_variable(variables, gradients):
    """Gradients by the identity of their variable."""
    return {id(variable): gradient for variable, gradient in zip(variables, gradients, strict=True)}
