"""A share of the tables that are tried by seed."""

import importlib.util
import pathlib
import sys

PATH = pathlib.Path(__file__).parents[2] / "tools" / "try_tables.py"
SPEC = importlib.util.spec_from_file_location("try_tables", PATH)
try_tables = importlib.util.module_from_spec(SPEC)
sys.modules["try_tables"] = try_tables
SPEC.loader.exec_module(try_tables)


def test_a_hundred_tables_are_read_or_refused_with_a_sentence():
    counts = try_tables.try_tables(seed=0, cases=100)
    assert counts.failures == []
    assert counts.tried == counts.read + counts.refused == 100 and min(counts.read, counts.refused) > 20


def test_a_traceback_is_a_failure_with_its_seed(monkeypatch, capsys):
    monkeypatch.setattr(try_tables, "load_corpus", lambda *_, **__: 1 / 0)
    assert try_tables.main(["--cases", "3", "--seed", "5"]) == 1
    said = capsys.readouterr().out
    assert "seed 5: ZeroDivisionError" in said and "3 tables tried: 0 read, 0 refused with a sentence, 3 failures" in said
