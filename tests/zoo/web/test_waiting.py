"""Uploads wait for their turn on the disk, photos stay in memory, and both have an end."""

import os
from types import SimpleNamespace

from zoo.web import serving, waiting


def test_as_many_wait_as_may_one_a_visitor():
    door = waiting.Waiting(2)
    assert door.come("a", "1") and door.come("b", "2") and not door.come("c", "3")
    # Whoever brings another photo waits with that.
    assert door.come("a", "4") and door.holds("4") and not door.holds("1")
    door.leave("b")
    assert door.come("c", "3") and not door.holds("2")


def test_nobody_waits_for_ever(monkeypatch):
    door = waiting.Waiting(1)
    assert door.come("a", "1")
    monkeypatch.setattr(waiting, "LONGEST", 0)
    assert not door.holds("1") and door.come("b", "2")


def test_an_upload_that_waits_is_not_removed_for_its_age(tmp_path):
    door = waiting.Waiting(1)
    for name in ("waits", "left"):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (0, 0))
    door.come("a", tmp_path / "waits")
    serving.remove_old(tmp_path, 60, door.holds)
    assert [path.name for path in tmp_path.iterdir()] == ["waits"]
    door.leave("a")
    serving.remove_old(tmp_path, 60, door.holds)
    assert not list(tmp_path.iterdir())


def test_of_more_photos_than_there_is_memory_for_the_first_are_let_go():
    photos = waiting.KeptPhotos(most=10)
    first, second, third = (photos.keep(SimpleNamespace(size=4)) for _ in range(3))
    assert first.photo is None and second.photo and third.photo
    # One that is larger than all that is allowed is kept alone.
    large = photos.keep(SimpleNamespace(size=40))
    assert large.photo and not second.photo and not third.photo


def test_a_page_that_is_closed_takes_its_photo_away():
    photos = waiting.KeptPhotos(most=10)
    first = photos.keep(SimpleNamespace(size=4))
    photos.keep(SimpleNamespace(size=4))
    assert photos.keep(SimpleNamespace(size=4)).photo and first.photo
