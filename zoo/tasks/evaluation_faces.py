"""The faces of an evaluation: those to age, and the real ones to compare with."""

from zoo.errors import ZooError
from zoo.tasks.train_corpora import DRAWN

DRAWN_PEOPLE = 60
# Far from the seeds that anyone trains with: drawn people of different seeds have nobody in common.
DRAWN_SEED = 1000
# Real faces that outputs are compared with: the evaluated ones and, where the split has more, up to
# so many.
REAL_FACES = 1000
# Of each corpus of whole heads, at most so many training rows are real faces too: test rows alone
# have too few of the old.
TRAINING_FACES = 500


def corpora(options):
    """The faces to age, and the real ones to compare with; None twice without a corpus."""
    import numpy as np

    from faceaging_tf.data import load_corpus

    if not options.corpus:
        return None, None
    if options.frame == "whole_head":
        return _head_corpora(options)
    if len(options.corpus) > 1:
        raise ZooError(
            f"{', '.join(options.corpus)} are several corpora, and only whole heads are read from several; give one."
        )
    (path,) = options.corpus
    if path == DRAWN:
        from faceaging_tf.data.drawn_faces import drawn_corpus

        reals = drawn_corpus(
            people=DRAWN_PEOPLE, size=options.image_size, seed=DRAWN_SEED + options.seed
        )
    else:
        wanted = None if options.limit is None else max(options.limit, REAL_FACES)
        reals = load_corpus(path, options.split, options.image_size, limit=wanted)
    if len(reals) < 2:
        raise ZooError(
            f"{path} has {len(reals)} face in the split {options.split}; give two or more, for the figures compare faces."
        )
    order = (
        _by_turns(reals.attributes["person"], options.seed)
        if "person" in reals.attributes
        else slice(None)
    )
    reals = reals.take(order)
    corpus = _of_asked_ages(
        options, reals, lambda corpus, rows, number: np.flatnonzero(rows)[:number]
    )
    return corpus, reals.take(slice(None, max(REAL_FACES, len(corpus))))


def _head_corpora(options):
    """The whole heads to age, of all corpora as evenly as they have them; and the real ones: those
    of the split, and some of the training rows.
    """
    import numpy as np

    from faceaging_tf.evaluate.heads import evenly, joined, load_head_corpora

    if DRAWN in options.corpus:
        raise ZooError(
            f"{DRAWN!r} are faces of the tight frame; give zips of whole heads, with landmarks.npz and masks, or --frame tight."
        )
    held_out = load_head_corpora(options.corpus, options.split, options.image_size)
    if len(held_out) < 2:
        raise ZooError(
            f"{', '.join(options.corpus)} have {len(held_out)} face in the split {options.split}; give two or more, for the figures compare faces."
        )
    corpus = _of_asked_ages(
        options, held_out, lambda corpus, rows, number: evenly(corpus, rows, number, options.seed)
    )
    held_out.attributes["held_out"] = np.ones(len(held_out), bool)
    if options.split not in ("test", "validation"):
        return corpus, held_out
    trained = load_head_corpora(options.corpus, "train", options.image_size, TRAINING_FACES)
    trained.attributes["held_out"] = np.zeros(len(trained), bool)
    return corpus, joined([held_out, trained])


def _of_asked_ages(options, corpus, choose):
    """At most `limit` faces, or so many of each of the asked ages; `choose` is given a corpus, rows
    `(N,)` bool and the number.
    """
    import numpy as np

    asked = asked_ages(options)
    if asked is None:
        return corpus.take(choose(corpus, np.ones(len(corpus), bool), options.limit))
    chosen = [
        choose(corpus, asked.of(sign, corpus.age), options.limit)
        for sign in (1, -1)
        if any(sign * k > 0 for k in options.years)
    ]
    return corpus.take(np.array(list(dict.fromkeys(np.concatenate(chosen).tolist())), int))


def asked_ages(options):
    """The `AskedAges` of the options, or None for all ages."""
    from faceaging_tf.evaluate.groups import AskedAges

    if options.older_from is None and options.younger_from is None:
        return None
    everyone = AskedAges()
    return AskedAges(options.older_from or everyone.older, options.younger_from or everyone.younger)


def _by_turns(persons, seed):
    """Rows in a random order in which nobody comes again before all others had their turn."""
    import numpy as np

    mixed = np.random.default_rng(seed).permutation(len(persons))
    seen, turns = {}, []
    for person in persons[mixed].tolist():
        turns.append(seen.get(person, 0))
        seen[person] = turns[-1] + 1
    return mixed[np.argsort(turns, kind="stable")]
