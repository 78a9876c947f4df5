"""What can only be decided with all pictures in view: duplicates, conflicting and implausible ages,
and who goes into which split.
"""

import hashlib
import itertools

import numpy as np

from faceaging_tf.prepare import reasons

FLAG_IMPLAUSIBLE = "implausible age"
SPLITS = ("train", "validation", "test")


def select(rows, settings):
    """Decides.

    Args:
        rows: a pandas DataFrame, a row each picture in the order of the files, with the columns of
            `rows.LABELS`, `rows.SEEN` and `rows.FATE`.
        settings: a `Settings`.

    Returns:
        The rows with `reason` and `detail` of those that are dropped now, `split`, `flags` and
        `age_estimated` of the others, and ages where the dataset had none.
    """
    rows = rows.copy()
    rows["flags"], rows["age_estimated"] = "", False
    kept = rows.index[rows["reason"] == ""]
    _drop_duplicates(rows, kept, settings)
    kept = rows.index[rows["reason"] == ""]
    without = rows.loc[kept, "age_min"].isna() | rows.loc[kept, "age_max"].isna()
    estimated = kept[without]
    rows.loc[estimated, "age_estimated"] = True
    for name in ("age_min", "age_max"):
        rows.loc[estimated, name] = rows.loc[estimated, "age_estimate"]
    off = years_off(rows.loc[kept])
    for index in kept[off > settings.implausible_years]:
        rows.at[index, "flags"] = FLAG_IMPLAUSIBLE
        if settings.drop_implausible:
            rows.at[index, "reason"] = reasons.IMPLAUSIBLE_AGE
            rows.at[index, "detail"] = (
                f"Its label says {_ages(rows.loc[index])}, and it is seen as {rows.at[index, 'age_estimate']:.0f}."
            )
    kept = rows.index[rows["reason"] == ""]
    rows.loc[kept, "split"] = _splits(rows.loc[kept], settings)
    return rows


def _drop_duplicates(rows, kept, settings):
    """Of pictures that show the same, keeps the best: one whose age is known, and of these the
    sharpest. Where the ages of two conflict, both go.
    """
    for group in _groups(rows.loc[kept], settings.near_duplicate):
        known = rows.loc[group, "age_min"].notna() & rows.loc[group, "age_max"].notna()
        ranked = sorted(
            group, key=lambda index: (not known[index], -rows.at[index, "sharpness"], index)
        )
        best = []
        for index in ranked:
            # Each is compared with what stays, not with its neighbours: a chain of small
            # differences may lead far.
            same = next(
                (other for other in best if _same(rows, index, other, settings.near_duplicate)),
                None,
            )
            if same is None:
                best.append(index)
                continue
            apart = max(rows.at[index, "age_min"], rows.at[same, "age_min"]) - min(
                rows.at[index, "age_max"], rows.at[same, "age_max"]
            )
            # Ages that are not known conflict with none.
            if apart > settings.conflicting_years:
                for one, other in ((index, same), (same, index)):
                    told = f"It shows the same as {rows.at[other, 'file']}, which is {_ages(rows.loc[other])} by its label, and this one {_ages(rows.loc[one])}."
                    rows.at[one, "reason"], rows.at[one, "detail"] = reasons.CONFLICTING_AGES, told
            else:
                reason, has = reasons.SAME_PICTURE, "shows the same"
                if rows.at[index, "content"] == rows.at[same, "content"]:
                    reason, has = reasons.SAME_FILE, "has the same bytes"
                rows.at[index, "reason"] = reason
                rows.at[index, "detail"] = f"It {has} as {rows.at[same, 'file']}."


def _same(rows, one, other, most_bits):
    if rows.at[one, "content"] == rows.at[other, "content"]:
        return True
    return (
        int(rows.at[one, "fingerprint"], 16) ^ int(rows.at[other, "fingerprint"], 16)
    ).bit_count() <= most_bits


def _groups(rows, most_bits):
    """Groups of two or more rows that show the same: lists of their index, in order."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = [
        *_equal(rows["content"].to_numpy(str)),
        *_equal(rows["fingerprint"].to_numpy(str)),
        *_near(rows["fingerprint"], most_bits),
    ]
    if not pairs:
        return
    first, second = np.array(pairs).T
    links = coo_array((np.ones(len(pairs)), (first, second)), shape=(len(rows), len(rows)))
    labels = connected_components(links, directed=False)[1]
    order = np.argsort(labels, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(labels[order])) + 1):
        if len(members) > 1:
            yield list(rows.index[members])


def _equal(values):
    """Pairs of places with the same value, each value's places as a chain."""
    order = np.argsort(values, kind="stable")
    same = values[order][1:] == values[order][:-1]
    return list(zip(order[:-1][same], order[1:][same], strict=True))


def _near(fingerprints, most_bits):
    """Pairs of places whose hashes differ by so many bits at most: two such agree wholly in one of
    `most_bits + 1` parts of the bits.
    """
    texts, places = np.unique(np.asarray(fingerprints, str), return_index=True)
    if not len(texts):
        return []
    # Equal ones form a chain, and one of each is compared with the others.
    hashes = np.array([np.frombuffer(bytes.fromhex(text), "uint64") for text in texts])
    bits = np.unpackbits(hashes.view("uint8"), axis=1)
    pairs = set()
    for part in np.array_split(np.arange(bits.shape[1]), most_bits + 1):
        value = bits[:, part] @ (1 << np.arange(len(part)))
        order = np.argsort(value, kind="stable")
        starts = np.flatnonzero(np.r_[True, value[order][1:] != value[order][:-1], True])
        for start, end in itertools.pairwise(starts):
            members = order[start:end]
            for place, one in enumerate(members[:-1]):
                others = members[place + 1 :]
                apart = np.bitwise_count(hashes[others] ^ hashes[one]).sum(axis=1)
                pairs.update(
                    (int(places[one]), int(places[other])) for other in others[apart <= most_bits]
                )
    return sorted(pairs)


def years_off(rows):
    """How far the estimated age lies outside the label's range, in years; 0 where the age is the
    estimate.
    """
    seen = rows["age_estimate"].to_numpy()
    return np.maximum(
        np.maximum(rows["age_min"].to_numpy() - seen, seen - rows["age_max"].to_numpy()), 0
    )


def _ages(row):
    return (
        f"{row['age_min']:g}"
        if row["age_min"] == row["age_max"]
        else f"{row['age_min']:g} to {row['age_max']:g}"
    )


def _splits(rows, settings):
    """The split of each row: the dataset's own, else by a hash of the person, else of the file;
    nobody is in two.
    """
    people = [
        f"{row.source}/{row.person}" if row.person else f"{row.source}//{row.file}"
        for row in rows.itertuples()
    ]
    own = (
        rows["split"].where(rows["split"].isin(SPLITS), "")
        if settings.own_splits
        else rows["split"].map(lambda _: "")
    )
    chosen = {}
    for person, split in zip(people, own, strict=True):
        # Of a person whom a dataset has in several splits, the first row says where all go.
        if chosen.get(person, "") == "":
            chosen[person] = split
    return [chosen[person] or drawn_split(person, settings) for person in people]


def drawn_split(person, settings):
    """The split that a person's name is drawn into, always the same."""
    digest = hashlib.sha256(person.encode("utf-8", "surrogateescape")).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < settings.validation:
        return "validation"
    return "test" if place < settings.validation + settings.test else "train"
