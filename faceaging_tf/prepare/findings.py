"""What the numbers of a corpus mean for training on it, in plain sentences."""

import numpy as np

from faceaging_tf.prepare import reasons

# Fewer faces than these a discriminator knows by heart after some epochs, and then it teaches those
# few instead of an age.
FEW_IN_ALL = 1000
FEW_OF_A_DECADE = 200
# With less than a third or so, batches of common sizes often hold too few of a sex to learn from.
LEAST_SHARE_OF_A_SEX = 0.3
# Where nearly all faces of an age are from one source, what its camera or scanner does cannot be
# told from what age does.
MOST_FROM_ONE_SOURCE = 0.9
# Shares of sources are chance below this.
FEWEST_TO_COMPARE = 20
# An age network is off by some five years: in so small a share of the ages that is lost among the
# exact ones.
MOST_ESTIMATED = 0.1
# More than a few percent of wrong labels is more than careful datasets have.
MOST_FLAGGED = 0.05
# What one reason takes beyond this is more often a setting, or a wrong layout, than the pictures.
MOST_FOR_ONE_REASON = 0.3

# First years of the decades that are told apart; the last is open, for labels beyond it are rare
# and often wrong.
DECADES = tuple(range(0, 100, 10))
# What a column that does not know is called.
UNKNOWN = "not known"
# Spaces in shares.
UNBROKEN = "\u00a0\u202f"
LONGEST_NAME = 160

ADVICE = {
    reasons.LABEL: "see whether the layout was recognised rightly, and give --layout, or --table and --columns, if not",
    reasons.UNREADABLE: "see whether the files may be read, and whether the disk is sound",
    reasons.NO_PICTURE: "see whether the dataset was copied in full, or whether --layout takes other files for pictures",
    reasons.ANIMATED: "save one picture of each file on its own",
    reasons.TOO_SLOW: "see whether the disk or the network is slow, or raise the setting seconds",
    reasons.ENDED_THE_PROCESS: "see whether there is enough memory, and use fewer --workers",
    reasons.NO_FACE: "see the examples: whether the pictures show faces, upright and large enough to be found",
    reasons.CUT_OUT: "use --frame tight, or give the uncut pictures",
    reasons.SEVERAL_FACES: "see the examples, and raise the setting second_face if the largest face is the one that is meant",
    reasons.SMALL_FACE: "lower --smallest_face, with a smaller --image_size, or find larger pictures",
    reasons.TURNED_AWAY: "raise --most_turned if faces from the side are wanted",
    reasons.BLURRED: "lower --least_sharpness if the blurriest that were kept, below, are still sharp enough",
    reasons.SAME_FILE: "the dataset holds many copies; nothing is lost with them",
    reasons.SAME_PICTURE: "lower --near_duplicate if the examples show different pictures",
    reasons.CONFLICTING_AGES: "see the examples: labels are wrong, or different pictures are taken for the same, and then lower --near_duplicate",
    reasons.IMPLAUSIBLE_AGE: "see whether what is read as the age is the age; if it is, raise --implausible_years, or do without --drop_implausible",
}


def shown(text, longest=LONGEST_NAME):
    """Text of strangers on one line: what cannot be printed written out, and the middle left out
    where it is long.
    """
    printable = "".join(
        one if one.isprintable() or one in UNBROKEN else one.encode("unicode_escape").decode()
        for one in text
    )
    if len(printable) <= longest:
        return printable
    half = (longest - 1) // 2
    return f"{printable[:half]}…{printable[-half:]}"


def decade_of(ages):
    """First years of the decades of ages: `(N,)` years to `(N,)` whole numbers of `DECADES`."""
    return (np.clip(ages, DECADES[0], DECADES[-1]) // 10 * 10).astype(int)


def decade_name(start):
    """A decade in words."""
    return f"{start} and over" if start == DECADES[-1] else f"{start} to {start + 9}"


def counted(number, noun, plural=None):
    """A number and what it is of."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(part, whole=1):
    """A share as it is read, with a space that does not break; what is there at all is never 0, and
    what is not all never 100.
    """
    share = 100 * part / whole if whole else 0
    if 0 < share < 0.1:
        return "<\u202f0.1\u00a0%"
    if 99 < share < 100:
        return f"{min(share, 99.9):.1f}\u00a0%"
    return f"{share:.0f}\u00a0%" if share >= 10 else f"{round(share, 1):g}\u00a0%"


def findings(told, faces):
    """What stands out in a corpus.

    Args:
        told: the content of its `corpus.json`.
        faces: a pandas DataFrame, a row each face in it, with the columns `age` (years),
            `estimated` (bool), `sex`, `person`, `source`, `split`, `face_size` (pixels) and
            `flags`.

    Returns:
        A list of sentences; empty where nothing does.
    """
    train = faces[faces["split"] == "train"]
    if len(faces) and len(train):
        found = [
            *_few(train),
            *_sexes(train),
            *_sources(train),
            *_persons(faces),
            *_labels(told, faces),
            *_sizes(told, faces),
        ]
    elif len(faces):
        found = [
            "No face is in the split to train on; do without --own_splits, or give smaller shares to --validation and --test."
        ]
    else:
        found = ["No face got into the corpus, so that there is nothing to train on."]
    return found + _drops(told)


def _few(train):
    found = []
    if len(train) < FEW_IN_ALL:
        found.append(
            f"There {'is' if len(train) == 1 else 'are'} only {counted(len(train), 'face')} to train on. "
            f"With fewer than {FEW_IN_ALL:,} a model learns the faces by heart rather than how faces age; find more pictures."
        )
    counts = dict.fromkeys(DECADES, 0)
    for start in decade_of(train["age"].to_numpy()):
        counts[start] += 1
    runs = []
    for start, count in counts.items():
        if count >= FEW_OF_A_DECADE:
            continue
        if runs and runs[-1][-1] == start - 10:
            runs[-1].append(start)
        else:
            runs.append([start])
    if runs and len(runs[0]) == len(DECADES):
        return [
            *found,
            f"No decade of age has {FEW_OF_A_DECADE} faces to train on: faces made any age will look like the few there are of that age.",
        ]
    return found + [_few_of(run, sum(counts[start] for start in run)) for run in runs]


def _few_of(run, count):
    """The sentence on decades beside each other that have few faces."""
    first, last = run[0], run[-1]
    if last == DECADES[-1]:
        ages, made = f"of {first} and over", "made that old"
    elif first == DECADES[0]:
        ages, made = f"under {last + 10}", "made that young"
    else:
        ages, made = f"from {first} to {last + 9}", "made that age"
    if not count:
        return f"There is no face {ages} to train on: what faces {made} look like is guessed from other ages."
    needed = f"{FEW_OF_A_DECADE} a decade are needed"
    return f"There are too few faces {ages} to learn from ({count:,}; {needed}): faces {made} will look like the few there are."


def _sexes(train):
    counts = {sex: int((train["sex"] == sex).sum()) for sex in ("female", "male")}
    known = sum(counts.values())
    least = min(counts, key=counts.get)
    if not known or counts[least] >= LEAST_SHARE_OF_A_SEX * known:
        return []
    other = {"female": "male", "male": "female"}[least]
    share = percent(counts[least], known)
    return [
        f"Only {share} of the faces to train on are {least}: their ageing will be learned mostly from {other} faces; find more of them."
    ]


def _sources(train):
    """Sources that nearly all faces of some ages are from, while others are from elsewhere; where
    all are from one, it can't be taken for an age.
    """
    sources = train["source"].astype(object).replace("", "pictures without a named source")
    overall = sources.value_counts() / len(train)
    decades = decade_of(train["age"].to_numpy())
    of_one = {}
    for start in DECADES:
        counts = sources[decades == start].value_counts()
        if counts.sum() < FEWEST_TO_COMPARE:
            continue
        most = counts.idxmax()
        if (
            counts[most] > MOST_FROM_ONE_SOURCE * counts.sum()
            and overall[most] <= MOST_FROM_ONE_SOURCE
        ):
            of_one.setdefault(most, []).append(decade_name(start))
    return [
        f"Of the faces aged {_listed(names)}, more than {percent(MOST_FROM_ONE_SOURCE)} are from one source, {source}: "
        "how its pictures look will be taken for how that age looks."
        for source, names in sorted(of_one.items())
    ]


def _persons(faces):
    if faces["split"].nunique() < 2:
        return []
    unknown = int((faces["person"] == "").sum())
    if not unknown:
        return []
    of_whom = (
        "of no face"
        if unknown == len(faces)
        else f"of only {percent(len(faces) - unknown, len(faces))} of the faces"
    )
    return [
        (
            f"Who is shown is known {of_whom}, so that the same person may be in two splits: "
            "figures on the validation and test faces may look better than they are for strangers."
        )
    ]


def _labels(told, faces):
    found = []
    estimated, flagged = int(faces["estimated"].sum()), int((faces["flags"] != "").sum())
    if estimated > MOST_ESTIMATED * len(faces):
        found.append(
            f"{percent(estimated, len(faces))} of the ages are not from labels but estimated by the age network, whose errors will be learned too; "
            "give the ages in a table (--table and --columns) if they are known."
        )
    if flagged > MOST_FLAGGED * len(faces):
        found.append(
            f"{percent(flagged, len(faces))} of the faces are flagged, with labels more than {told['settings']['implausible_years']:g} years "
            "from the estimated age; see the most doubtful labels, and use --drop_implausible if they are wrong."
        )
    return found


def _sizes(told, faces):
    median, size = float(faces["face_size"].median()), told["image_size"]
    if not median < size:
        return []
    return [
        (
            f"Half of the faces were no wider than {median:.0f} pixels in their pictures and were enlarged to {size}: "
            "fine wrinkles are not in them to learn from; use a smaller --image_size, or find larger pictures."
        )
    ]


def _drops(told):
    return [
        f"{percent(count, told['files'])} of the files were dropped for one reason, {reason}: {ADVICE[reason]}."
        for reason, count in sorted(told["dropped"].items(), key=lambda item: (-item[1], item[0]))
        if count > MOST_FOR_ONE_REASON * told["files"]
    ]


def _listed(names):
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
