"""What a bench measures and shows."""

import json

import pytest

from faceaging_tf.export import ExportError, bench


@pytest.fixture(scope="module")
def rows(fagan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    rows = list(bench.bench(fagan, "tiny", folder, formats=("onnx",), threads=(1,), calls=3))
    bench.write(rows, folder)
    return folder, rows


def test_each_form_is_timed_and_compared(rows):
    (row,) = rows[1]
    assert (
        row["form"] == "onnx float32"
        and row["bytes"] == (rows[0] / "tiny_float32.onnx").stat().st_size
    )
    assert (
        0 < row["median_ms"] <= row["p95_ms"]
        and row["first_ms"] > 0
        and row["peak_mb"] > 20
        and row["mean_difference"] < 1e-4
    )


def test_results_are_a_table_json_and_a_plot(rows):
    folder, measured = rows
    assert json.loads((folder / "bench.json").read_text()) == measured
    assert (
        "onnx float32" in (folder / "bench.txt").read_text()
        and (folder / "bench.png").stat().st_size > 1000
    )


def test_the_fastest_comes_first():
    row = lambda form, ms: {
        "model": "m",
        "form": form,
        "bytes": None,
        "threads": 1,
        "load_ms": 1,
        "first_ms": 1,
        "median_ms": ms,
        "p95_ms": ms,
        "peak_mb": 1,
    }
    text = bench.table([row("slow", 20.0), row("fast", 2.0)])
    assert text.index("fast") < text.index("slow")


def test_what_cannot_be_timed_is_a_sentence():
    with pytest.raises(ExportError, match="gone.onnx could not be timed"):
        bench._timed(
            {
                "kind": "onnx",
                "path": "gone.onnx",
                "signature": "transform",
                "threads": 1,
                "calls": 1,
                "size": 8,
                "years": 1.0,
                "age": 1.0,
            }
        )
