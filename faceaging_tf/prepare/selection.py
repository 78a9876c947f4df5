"""What can only be decided with all pictures in view: duplicates, conflicting and implausible ages, and who goes into which split."""

import hashlib

import numpy as np

from faceaging_tf.prepare import reasons
from faceaging_tf.prepare.errors import needed

FLAG_IMPLAUSIBLE = "implausible age"
SPLITS = ("train", "validation", "test")


def select(rows, settings):
    """Decides.

    Args:
        rows: a pandas DataFrame, a row each picture in the order of the files, with the columns of `rows.LABELS`, `rows.SEEN` and `rows.FATE`.
        settings: a `Settings`.

    Returns:
        The rows with `reason` and `detail` of those that are dropped now, `split`, `flags` and `age_estimated` of the others, and ages where the dataset had none.
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
    off = _off(rows.loc[kept])
    for index in kept[off > settings.implausible_years]:
        rows.at[index, "flags"] = FLAG_IMPLAUSIBLE
        if settings.drop_implausible:
            rows.at[index, "reason"] = reasons.IMPLAUSIBLE_AGE
            rows.at[index, "detail"] = f"Its label says {_ages(rows.loc[index])}, and it is seen as {rows.at[index, 'age_estimate']:.0f}."
    kept = rows.index[rows["reason"] == ""]
    rows.loc[kept, "split"] = _splits(rows.loc[kept], settings)
    return rows


def _drop_duplicates(rows, kept, settings):
    """Drops all but the sharpest picture of each group that shows the same, or all of them where their ages conflict."""
    for group in _groups(rows.loc[kept], settings.near_duplicate):
        members = rows.loc[group]
        best = members["sharpness"].idxmax()
        # Ages that are not known conflict with none.
        oldest_least, youngest_most = members["age_min"].max(), members["age_max"].min()
        for index in group:
            other = members["file"].drop(index).iloc[0]
            if oldest_least - youngest_most > settings.conflicting_years:
                fate = reasons.CONFLICTING_AGES, f"{len(group)} files show this picture, such as {other}, under ages from {youngest_most:g} to {oldest_least:g}."
            elif index == best:
                continue
            elif rows.at[index, "content"] == rows.at[best, "content"]:
                fate = reasons.SAME_FILE, f"It has the same bytes as {rows.at[best, 'file']}."
            else:
                fate = reasons.SAME_PICTURE, f"It shows the same as {rows.at[best, 'file']}."
            rows.at[index, "reason"], rows.at[index, "detail"] = fate


def _groups(rows, most_bits):
    """Groups of two or more rows that show the same: lists of their index, in order."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = [*_equal(rows["content"].to_numpy(str)), *_equal(rows["fingerprint"].to_numpy(str)), *_near(rows["fingerprint"], most_bits)]
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
    return list(zip(order[:-1][same], order[1:][same]))


def _near(fingerprints, most_bits):
    """Pairs of places whose hashes differ by so many bits at most: two such agree wholly in one of `most_bits + 1` parts of the bits."""
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
        for start, end in zip(starts, starts[1:]):
            members = order[start:end]
            for place, one in enumerate(members[:-1]):
                others = members[place + 1 :]
                apart = np.bitwise_count(hashes[others] ^ hashes[one]).sum(axis=1)
                pairs.update((int(places[one]), int(places[other])) for other in others[apart <= most_bits])
    return sorted(pairs)


def _off(rows):
    """How far the estimated age lies outside the label's range, in years; 0 where the age is the estimate."""
    seen = rows["age_estimate"].to_numpy()
    return np.maximum(np.maximum(rows["age_min"].to_numpy() - seen, seen - rows["age_max"].to_numpy()), 0)


def _ages(row):
    return f"{row['age_min']:g}" if row["age_min"] == row["age_max"] else f"{row['age_min']:g} to {row['age_max']:g}"


def _splits(rows, settings):
    """The split of each row: the dataset's own, else by a hash of the person, else of the file; nobody is in two."""
    needed("pandas")
    people = [f"{row.source}/{row.person}" if row.person else f"{row.source}//{row.file}" for row in rows.itertuples()]
    own = rows["split"].where(rows["split"].isin(SPLITS), "") if settings.own_splits else rows["split"].map(lambda _: "")
    chosen = {}
    for person, split in zip(people, own):
        # Of a person whom a dataset has in several splits, the first row says where all go.
        if chosen.get(person, "") == "":
            chosen[person] = split
    return [chosen[person] or drawn_split(person, settings) for person in people]


def drawn_split(person, settings):
    """The split that a person's name is drawn into, always the same."""
    place = int.from_bytes(hashlib.sha256(person.encode("utf-8", "surrogateescape")).digest()[:8], "big") / 2**64
    return "validation" if place < settings.validation else "test" if place < settings.validation + settings.test else "train"
