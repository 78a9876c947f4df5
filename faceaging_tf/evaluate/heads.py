"""Corpora of whole heads for an evaluation: several as one, whom no training has seen, and real
people to compare with.
"""

import pathlib

import numpy as np

from faceaging_tf.data import FaceCorpus
from faceaging_tf.data.corpus import rows_of_corpus
from faceaging_tf.data.heads import load_heads


def load_head_corpora(paths, split="test", image_size=256, limit=None):
    """Whole heads of one or several zips, see `faceaging_tf.data.heads.load_heads`.

    Args:
        paths: of the zips.
        split: "train", "validation", "test" or "all". People of validation and test rows who are in
            training rows too (by the column `person`) are left out.
        image_size: side in pixels.
        limit: of each zip at most so many, the first ones.

    Returns:
        A `FaceCorpus` whose attributes are all columns of all tables ("" where a table has none),
        and `corpus` (the zip's name), `photo` (the same with the file's), `landmarks`, `masks` and
        `closed`, see `Heads`. Where the table has a column `age_estimate`, that is the age.

    Raises:
        CorpusError: what `load_heads` raises.
    """
    return joined([_of_one(pathlib.Path(path), split, image_size, limit) for path in paths])


def joined(corpora):
    """One `FaceCorpus` of several of the same image size; a column of text that one of them has not
    is empty there.
    """
    names = dict.fromkeys(name for corpus in corpora for name in corpus.attributes)
    column = lambda corpus, name: corpus.attributes.get(name, np.full(len(corpus), "", object))
    attributes = {
        name: np.concatenate([column(corpus, name) for corpus in corpora]) for name in names
    }
    attributes = {
        name: values.astype(str) if values.dtype == object else values
        for name, values in attributes.items()
    }
    return FaceCorpus(
        *(
            np.concatenate([getattr(corpus, name) for corpus in corpora])
            for name in ("faces", "age_min", "age_max")
        ),
        attributes,
    )


def evenly(corpus, rows, number, seed=0):
    """Some rows in which all corpora come as evenly as they can: in turn, each at random.

    Args:
        corpus: a `FaceCorpus` with the attribute `corpus`.
        rows: `(N,)` bool, those to choose of.
        number: how many, or None for all.
        seed: of the choice.

    Returns:
        Row numbers, in turn.
    """
    chosen = np.random.default_rng(seed).permutation(np.flatnonzero(rows))
    names, turns = np.asarray(corpus.attributes["corpus"])[chosen], np.zeros(len(chosen), int)
    for name in np.unique(names):
        turns[names == name] = np.arange((names == name).sum())
    return chosen[np.argsort(turns, kind="stable")][:number]


def _of_one(path, split, image_size, limit):
    heads = load_heads(path, split, image_size, limit)
    corpus = heads.corpus
    more = {"landmarks": heads.landmarks, "masks": heads.masks, "closed": heads.closed}
    named = {
        "corpus": np.full(len(corpus), path.stem),
        "photo": np.char.add(f"{path.stem}/", corpus.attributes["file"].astype(str)),
    }
    corpus = FaceCorpus(
        corpus.faces, corpus.age_min, corpus.age_max, {**corpus.attributes, **named, **more}
    )
    if "age_estimate" in corpus.attributes:
        corpus = corpus.with_age(corpus.attributes["age_estimate"].astype("float32"))
    if split in ("validation", "test") and "person" in corpus.attributes:
        trained = [row.columns["person"] for row in rows_of_corpus(path) if row.split == "train"]
        persons = [person for person in trained if person]
        corpus = corpus.take(~np.isin(corpus.attributes["person"], persons))
    return corpus
