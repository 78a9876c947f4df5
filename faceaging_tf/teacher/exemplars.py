"""Exemplars: which people's skin is lent to others."""

import dataclasses
import pathlib

from faceaging_tf.arguments import OLDEST
from faceaging_tf.data.tables import TableError, table_of
from faceaging_tf.errors import FaceAgingError

ROLES = ("male", "female", "forehead")


class ExemplarError(FaceAgingError):
    """A table of exemplars that cannot be used, with a sentence that says what was expected."""


@dataclasses.dataclass(frozen=True)
class Exemplar:
    """One exemplar: the picture's name in its corpus, whom it serves, of `ROLES` one or more, and
    how old it looks in years, None for the age that the corpus has.
    """

    file: str
    roles: tuple[str, ...]
    age: float | None = None


def read_exemplars(path):
    """The exemplars of a table with the columns `file` and `roles` (of "male", "female",
    "forehead", separated by spaces), and `age` where the corpus does not know it.

    Raises:
        ExemplarError: no such file, a missing column, an unknown role, a role that nobody has, an
            age that is none.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise ExemplarError(
            f"There is no table of exemplars at {path}; give a csv with the columns file and roles."
        )
    try:
        table = table_of(path.read_bytes(), path)
    except TableError as error:
        raise ExemplarError(str(error)) from error
    rows = table.rows
    if not rows or not {"file", "roles"} <= set(table.columns):
        raise ExemplarError(
            f"{path} has the columns {', '.join(table.columns) if rows else 'of an empty file'}; it needs file and roles."
        )
    exemplars = [
        Exemplar(row["file"], tuple((row["roles"] or "").split()), _age_of(row, path))
        for row in rows
    ]
    for exemplar in exemplars:
        unknown = [role for role in exemplar.roles if role not in ROLES]
        if unknown or not exemplar.roles:
            raise ExemplarError(
                f"{path} gives {exemplar.file} the roles {' '.join(exemplar.roles) or 'none'}; it needs one or more of {', '.join(ROLES)}."
            )
    for role in ROLES:
        if not any(role in exemplar.roles for exemplar in exemplars):
            raise ExemplarError(
                f"{path} has no exemplar for the role {role}; every role needs one."
            )
    return exemplars


def _age_of(row, path):
    """The age in a row of the table, None where it has none."""
    cell = (row.get("age") or "").strip()
    try:
        age = float(cell) if cell else None
    except ValueError:
        age = -1.0
    if age is not None and not 0 <= age <= OLDEST:
        raise ExemplarError(
            f"{path} gives {row['file']} the age {cell}; it needs years from 0 to {OLDEST}, or nothing where the corpus has the age."
        )
    return age
