"""Face ageing with Keras: layers, networks, losses, models, data and photographs."""

__version__ = "0.1.0"
