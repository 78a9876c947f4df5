"""The entries of the zoo by name: those that live in a folder under `zoo/entries`, and those that a
program registers.
"""

import builtins
import difflib
import functools
import importlib
import pkgutil
from dataclasses import dataclass, field
from pathlib import Path

from faceaging_tf.arguments import of_kind, one_of
from zoo.errors import ZooError

AGING = "aging"
ESTIMATING = "estimating"


@dataclass(frozen=True)
class Training:
    """How `faceaging train` trains an entry unless it is told otherwise.

    Args:
        batches: `"module:function"`, called as `function(model, corpus, **options)` with a
            `FaceCorpus` and the options of `faceaging_tf.data.batches.Batches`.
        steps: training steps.
        batch_size: faces per step.
        rate: learning rate of the generators, or of the one network; falls to 0 over the second
            half.
        discriminator_rate: learning rate of the discriminators.
    """

    batches: str
    steps: int = 4000
    batch_size: int = 4
    rate: float = 2e-4
    discriminator_rate: float = 2e-4


@dataclass(frozen=True)
class Entry:
    """A model of the zoo: what it is called, what it does, which class builds it, and where its
    weights are.

    An entry under `zoo/entries` is a folder with an `__init__.py` that holds `ENTRY = Entry(...)`;
    nothing else needs to know of it. A program adds its own with `zoo.register`.

    Args:
        name: what `zoo.load` and the command line take; lower case, the name of its folder.
        title: the name as the papers write it.
        builder: `"module:Class"`, imported when a model is built and not before.
        task: one sentence: what goes in, what comes out, which is its speciality.
        paper: where the method was published.
        architecture: constructor arguments; released weights are of these, without the
            discriminator.
        paper_architecture: constructor arguments of the paper's sizes and losses, for which no
            weights are released; empty where the entry has none.
        preset: folder of the released weights; it need not exist yet.
        training: how the command line trains it, or `None` where it does not.
        exemplars: table of the exemplars whose relief the released recipe learns (see
            `faceaging_tf.teacher`), or `None` where it has none.
        role: `"aging"` for a model with `transform(faces, years)`, `"estimating"` for one that only
            judges ages.

    Example:
        >>> import zoo
        >>> entry = zoo.Entry(
        ...     name="mine",
        ...     title="Mine",
        ...     builder="faceaging_tf.models:CycleGAN",
        ...     task="A trial.",
        ...     paper="unpublished",
        ...     architecture={"image_size": 64},
        ... )
        >>> entry.released
        False
    """

    name: str
    title: str
    builder: str
    task: str
    paper: str
    architecture: dict = field(default_factory=dict)
    paper_architecture: dict = field(default_factory=dict)
    preset: Path | None = None
    training: Training | None = None
    exemplars: Path | None = None
    role: str = AGING

    @property
    def released(self) -> bool:
        """Whether weights are released for this entry."""
        return self.preset is not None and Path(self.preset).is_dir()

    @property
    def class_name(self) -> str:
        """The name of the model's class, without importing it."""
        return self.builder.rpartition(":")[2]

    def model_class(self) -> type:
        """The class of the model; imports its module, and Keras with it.

        Raises:
            ZooError: `builder` names nothing that can be imported.
        """
        return imported(self.builder)


def imported(path):
    """What `"package.module:name"` names.

    Raises:
        ZooError: nothing that can be imported.
    """
    module, _, name = path.rpartition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ModuleNotFoundError, AttributeError, ValueError) as error:
        raise ZooError(
            f"{path!r} cannot be imported ({error}); give it as 'package.module:name'."
        ) from error


_registered: dict[str, Entry] = {}


def register(entry: Entry) -> Entry:
    """Adds `entry` to the zoo for the rest of this program.

    Args:
        entry: an `Entry` whose name is not taken.

    Returns:
        The same entry.

    Raises:
        ZooError: not an `Entry`, one with a value of another kind, or the name is taken.
    """
    if not isinstance(entry, Entry):
        raise ZooError(f"zoo.register got {type(entry).__name__}; it needs a zoo.Entry.")
    for name in ("name", "title", "builder", "task", "paper"):
        of_kind(getattr(entry, name), f"The entry's {name}", str, "a text", ZooError)
    for name in ("architecture", "paper_architecture"):
        of_kind(
            getattr(entry, name),
            f"The entry's {name}",
            dict,
            "a dict of constructor arguments",
            ZooError,
        )
    one_of(entry.role, "The entry's role", (AGING, ESTIMATING), ZooError)
    if entry.name in _entries():
        raise ZooError(
            f"The name {entry.name!r} is taken by {_entries()[entry.name].builder}; choose another name."
        )
    _registered[entry.name] = entry
    return entry


def unregister(name):
    """Takes an entry that `register` added back out of the zoo.

    Raises:
        ZooError: no entry of this name was registered by the program.
    """
    if name not in _registered:
        raise ZooError(
            f"No entry {name!r} was registered by this program; registered: {sorted(_registered) or 'none'}."
        )
    del _registered[name]


def list(role: str | None = AGING) -> builtins.list[str]:
    """The names of the entries, in alphabetical order.

    Args:
        role: `"aging"` (the default), `"estimating"`, or `None` for all.

    Raises:
        ZooError: another role.

    Example:
        >>> import zoo
        >>> "fagan" in zoo.list()
        True
    """
    if role is not None:
        one_of(role, "role", (AGING, ESTIMATING), ZooError)
    return sorted(name for name, entry in _entries().items() if role in (None, entry.role))


def find(name):
    """The entry called `name`.

    Raises:
        ZooError: there is none; the message suggests the nearest names and lists all of them.
    """
    entries = _entries()
    if name not in entries:
        raise ZooError(
            f"There is no entry {name!r} in the zoo.{suggestion(name, entries)} {known_names()}"
        )
    return entries[name]


def known_names():
    """A sentence that lists every name."""
    return f"Known entries: {', '.join(list(role=None))}."


def suggestion(name, names):
    """` Did you mean 'x'?` with a leading space for the names nearest to `name`, or nothing."""
    plain = {_plain(known): known for known in names}
    near = difflib.get_close_matches(_plain(name), [*plain], n=2, cutoff=0.5)
    return f" Did you mean {' or '.join(repr(plain[match]) for match in near)}?" if near else ""


def _plain(name):
    return str(name).lower().replace("-", "").replace("_", "").replace(" ", "")


def _entries():
    return {**_discovered(), **_registered}


@functools.cache
def _discovered():
    from zoo import entries

    modules = [
        importlib.import_module(f"zoo.entries.{module.name}")
        for module in pkgutil.iter_modules(entries.__path__)
    ]
    return {module.ENTRY.name: module.ENTRY for module in modules}
