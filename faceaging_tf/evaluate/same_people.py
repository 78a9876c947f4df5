"""Who is who in two sets of faces: which photographs, people and corpora are the same."""

import numpy as np

# Where real faces come from several corpora, an output is compared with those of its own corpus and
# sex only.
MATCHED = ("corpus", "sex")


def alike(inputs, rows, reals):
    """`(n, M)` bool: which real faces are of an output's corpus and sex, where they come from
    several corpora; else all.
    """
    alike = np.ones((len(rows), len(reals)), bool)
    if all("corpus" in corpus.attributes for corpus in (inputs, reals)):
        for name in MATCHED:
            if name in inputs.attributes and name in reals.attributes:
                alike &= inputs.attributes[name][rows][:, None] == reals.attributes[name][None, :]
    return alike


def photographs(inputs, reals):
    """Which photograph is which in two corpora, `(N,)` and `(M,)` whole numbers: by name where both
    have a column `photo`, else by their pixels.
    """
    if all("photo" in corpus.attributes for corpus in (inputs, reals)):
        return _numbered(
            *([str(name) for name in corpus.attributes["photo"]] for corpus in (inputs, reals))
        )
    return _numbered(*([face.tobytes() for face in corpus.faces] for corpus in (inputs, reals)))


def people_of(inputs, reals):
    """Who is who in two corpora, `(N,)` and `(M,)` whole numbers: by their persons where both have
    them, else by photograph.
    """
    photos = photographs(inputs, reals)
    if not all("person" in corpus.attributes for corpus in (inputs, reals)):
        return photos
    # Whose person is not known is only themselves.
    named = [
        [
            str(person) or f"photo {number}"
            for person, number in zip(corpus.attributes["person"], numbers, strict=True)
        ]
        for corpus, numbers in zip((inputs, reals), photos, strict=True)
    ]
    return _numbered(*named)


def _numbered(first, second):
    numbers = {}
    people = np.array([numbers.setdefault(key, len(numbers)) for key in (*first, *second)])
    return people[: len(first)], people[len(first) :]
