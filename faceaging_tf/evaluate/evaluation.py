"""An evaluation from beginning to end: measure, judge the judges, make figures."""

import numpy as np

from faceaging_tf.evaluate import age_judge
from faceaging_tf.evaluate.figures import Reals, figures_of, plain
from faceaging_tf.evaluate.identity_judge import FALSE_ACCEPT_RATES, PAIRS_A_FALSE_ACCEPT, rate_name
from faceaging_tf.evaluate.measurement import measure, moves_faces, see_saved
from faceaging_tf.evaluate.tight_window import tight_window

FORMAT = 2


def evaluate(
    subjects,
    corpus,
    years,
    judges,
    work,
    real_corpus=None,
    seed=0,
    batch_size=32,
    quiet=None,
    asked=None,
):
    """Measures subjects by judges.

    Args:
        subjects: a list, see `faceaging_tf.evaluate.subjects`; their names differ.
        corpus: the `FaceCorpus` that models are given, or None where all subjects bring their own
            faces.
        years: numbers of years to ask for.
        judges: a `Judges`.
        work: folder where finished work is saved and found again.
        real_corpus: the real faces that outputs are compared with and that the age judge is judged
            on (those alone that an attribute `held_out` names, where there is one); None leaves
            both out.
        seed: of every random draw.
        batch_size: faces at a time.
        quiet: see `measure`.
        asked: an `AskedAges`, whose figures are told; None for everyone's.

    Returns:
        `(results, measurements)`: a dict that JSON can hold, the same bytes for the same arguments;
            and a list of `Measurement`.

    Raises:
        EvaluationError: what `measure` refuses.
    """
    measurements = measure(subjects, corpus, years, judges, work, batch_size, quiet, asked)
    seen = lambda once_resampled: (
        None
        if real_corpus is None
        else Reals(real_corpus, see_saved(real_corpus, judges, work, once_resampled))
    )
    kinds = {moves: seen(moves) for moves in {moves_faces(subject) for subject in subjects}}
    reals = next(iter(kinds.values()))
    results = {
        "format": FORMAT,
        "judge": None if reals is None else _judged_judge(judges, reals, seed),
        "subjects": [
            figures_of(measurement, kinds[moves_faces(subject)], seed)
            for subject, measurement in zip(subjects, measurements, strict=True)
        ],
    }
    return {
        **results,
        "notes": _notes(results, judges, reals) + _left_out(subjects, years),
    }, measurements


def _judged_judge(judges, reals, seed):
    held_out = np.asarray(reals.corpus.attributes.get("held_out", np.ones(len(reals.corpus), bool)))
    corpus, estimates = reals.corpus.take(held_out), reals.seen.ages[held_out]
    judged = {"name": judges.name, **age_judge.errors_by_decade(estimates, corpus, seed)}
    if judges.other is not None:
        name, network = judges.other
        ages = network.estimate_ages(tight_window(corpus.faces, judges.frame))
        judged["agreement"] = {
            "with": name,
            **age_judge.agreement_of_errors(estimates, ages, corpus),
        }
    return plain(judged)


def _left_out(subjects, years):
    notes = []
    for subject in subjects:
        others = [k for k in getattr(subject, "years", ()) if k not in years]
        if others:
            named = ", ".join(f"{k:+g}" for k in others)
            notes.append(
                f"{subject.name} has outputs at {named} years too, which were not asked for; name them with --years to have them measured."
            )
    return notes


def _notes(results, judges, reals):
    notes = []
    if judges.identity is None:
        notes.append(
            "No face recogniser was given, so identity and verification"
            + (", and realism with them," if judges.features is None else "")
            + " are left out; give one with --embedder file.onnx."
        )
    if reals is None:
        notes.append(
            "No corpus was given, so there are no real faces to compare with: realism and the judge's own error are left out."
        )
    for rate in FALSE_ACCEPT_RATES:
        known = [subject for subject in results["subjects"] if subject["strangers"] is not None]
        few = [
            subject
            for subject in known
            if subject["strangers"]["thresholds"][rate_name(rate)] is None
        ]
        if few:
            named = ", ".join(
                f"{subject['name']} ({subject['strangers']['pairs']:,} pairs)" for subject in few
            )
            notes.append(
                f"A false-accept rate of {rate_name(rate)} needs {PAIRS_A_FALSE_ACCEPT / rate:,.0f} pairs of strangers, "
                "so the verification rate is left out for "
                f"{named}."
            )
    return notes
