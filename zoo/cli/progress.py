"""Progress bars on standard error, where someone looks on."""

import sys
from typing import Any, Self


class Progress:
    """Shows how far a piece of work is, to be called by it; a context that closes its bar.

    Args:
        unit: what is counted, such as "frame".
    """

    def __init__(self, unit: str):
        self.unit = unit
        self.stage: list[Any] | None = None
        self.bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: Any) -> None:
        if self.bar is not None:
            self.bar.close()

    def __call__(self, *told: Any) -> None:
        """Takes `(done, total)`, or `(stage, done, total)`: each stage has a bar of its own."""
        if sys.stderr is None:  # Of a program without a terminal, such as pythonw.
            return
        *stage, done, total = told
        if self.bar is None or stage != self.stage:
            from tqdm import tqdm

            self.__exit__()
            self.stage = stage
            # What an earlier run did counts as done, not as done in no time.
            self.bar = tqdm(
                desc=next(iter(stage), None), total=total, initial=done - 1, unit=self.unit,
                disable=None, file=sys.stderr,
            )  # fmt: skip
        self.bar.total = total
        self.bar.update(done - self.bar.n)
