"""A share of the tables that are tried by seed."""

import importlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tools"))
try_tables = importlib.import_module("try_tables")
sys.path.pop(0)


def test_a_hundred_tables_are_read_or_refused_with_a_sentence():
    counts = try_tables.try_tables(seed=0, cases=100)
    assert counts.failures == []
    assert (
        counts.tried == counts.taken + counts.refused == 100
        and min(counts.taken, counts.refused) > 20
    )


def test_a_traceback_is_a_failure_with_its_seed(monkeypatch, capsys):
    monkeypatch.setattr(try_tables, "load_corpus", lambda *_, **__: 1 / 0)
    assert try_tables.main(["--cases", "3", "--seed", "5"]) == 1
    said = capsys.readouterr().out
    assert (
        "seed 5: ZeroDivisionError" in said
        and "3 tables tried: 0 read, 0 refused with a sentence, 3 failures" in said
    )
