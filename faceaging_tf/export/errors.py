"""What can be wrong with an export."""


class ExportError(ValueError):
    """Something that was asked for cannot be exported, or what was exported is not what the model does; the message is for the user."""
