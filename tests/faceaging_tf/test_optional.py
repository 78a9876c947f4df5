"""What a user without a package is told."""

import pytest

from faceaging_tf.errors import ExportError
from faceaging_tf.optional import EXPORT, Extra, needed


def test_a_package_of_an_extra_that_is_missing_is_named_with_its_extra():
    with pytest.raises(
        ExportError,
        match=r"^An ONNX file needs the package not_there, which is not installed; install it with pip install 'faceaging-tf\[export\]'\.$",
    ):
        needed("not_there.inside", EXPORT, "An ONNX file")


def test_without_an_extra_the_package_itself_is_installed():
    with pytest.raises(ValueError, match=r"^Reading needs .*; .* pip install not-there\.$"):
        needed("not_there", Extra(None, ValueError, "Reading"))


def test_a_package_that_cannot_be_imported_says_why(tmp_path, monkeypatch):
    (tmp_path / "broken_one.py").write_text("raise ImportError('no library')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ExportError, match=r"Exporting needs broken_one, .*\(no library\)"):
        needed("broken_one", EXPORT)
