"""Bars of work that is under way."""

import contextlib
import io

from zoo.cli.progress import Progress


class Terminal(io.StringIO):
    """Standard error as someone looks on."""

    def isatty(self):
        return True


@contextlib.contextmanager
def watched(unit):
    """A `Progress`, and the terminal that it writes to."""
    terminal = Terminal()
    with contextlib.redirect_stderr(terminal), Progress(unit) as progress:
        yield progress, terminal


def test_a_bar_ends_at_its_total():
    with watched("photo") as (progress, terminal):
        for done in (1, 2, 3):
            progress(done, 3)
    assert "3/3" in terminal.getvalue() and "photo" in terminal.getvalue()


def test_each_stage_has_a_bar_of_its_own():
    with watched("frame") as (progress, terminal):
        progress("faces", 2, 2)
        progress("ageing", 1, 2)
    assert "faces: 100%" in terminal.getvalue() and "ageing:  50%" in terminal.getvalue()


def test_what_an_earlier_run_did_took_no_time():
    with watched("photo") as (progress, terminal):
        progress(51, 100)
        assert progress.bar.format_dict["initial"] == 50 and progress.bar.n == 51


def test_work_that_never_begins_shows_nothing():
    with watched("photo") as (_, terminal):
        pass
    assert terminal.getvalue() == ""
