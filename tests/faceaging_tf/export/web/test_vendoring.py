"""What the page takes from npm."""

import pytest

from faceaging_tf.export import ExportError
from faceaging_tf.export.web import vendoring


def test_what_npm_cannot_fetch_is_a_sentence(monkeypatch, tmp_path):
    # A port on which nothing listens, and nothing kept from before.
    for name, value in {
        "registry": "http://127.0.0.1:9",
        "cache": str(tmp_path),
        "fetch_retries": "0",
    }.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    with pytest.raises(
        ExportError, match=r"npm could not fetch @litertjs/core@\S+ \(.*\); look at the network"
    ):
        vendoring.files()


def test_a_package_of_another_content_is_refused(monkeypatch, tmp_path):
    changed = vendoring.Package(vendoring.UTILITIES.name, vendoring.UTILITIES.version, "another")
    with pytest.raises(ExportError) as error:
        vendoring._fetched(changed, tmp_path)
    if "could not fetch" in str(error.value):
        pytest.skip(str(error.value))
    assert "its checksum differs" in str(error.value)
