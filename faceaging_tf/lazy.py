"""Names of a package that are imported when they are first used."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """What a package's `__init__` needs to offer names without importing where they are defined.

    Type checkers do not follow it: the `__init__` imports the same names under `if TYPE_CHECKING:`.

    Args:
        package: the package's `__name__`.
        modules: dict from a name to the full name of the module that defines it.

    Returns:
        `(__all__, __getattr__, __dir__)`.

    Example:
        >>> from faceaging_tf.lazy import lazy_names
        >>> names, get, _ = lazy_names("package", {"sqrt": "math"})
        >>> names, get("sqrt")(9)
        (['sqrt'], 3.0)
    """
    names = sorted(modules)

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}; it has {', '.join(names)}."
            )
        return getattr(importlib.import_module(modules[name]), name)

    return names, get, lambda: sorted({*vars(sys.modules[package]), *names})
