"""The tracks of a whole video, from what was written down frame by frame: landmarks smoothed in
time, one age each.
"""

import dataclasses

import numpy as np
from scipy.ndimage import gaussian_filter1d

# The detector's landmarks shake by some 1 % of the face from frame to frame; standard deviation of
# the window over which its word is taken.
WINDOW_SECONDS = 0.3
# A face that appears or vanishes within a scene takes its change on, and leaves it, in this time.
FADE_SECONDS = 0.2


@dataclasses.dataclass(frozen=True, eq=False)
class Track:
    """One face through the frames that show it.

    Attributes:
        number: the track's.
        start: number of its first frame.
        landmarks: `(N, 5, 2)` in pixels, a frame each.
        strength: `(N,)` in 0 to 1, the share of the change that is shown.
        size: largest side of its aligned square, in pixels.
        age: in years, None where it was not estimated.
    """

    number: int
    start: int
    landmarks: np.ndarray
    strength: np.ndarray
    size: float
    age: float | None


def tracks_of(rows, ages, cuts, frames, rate):
    """Make the tracks of a video.

    A track ends where the detector confirmed it last, unless a cut or the end of the video ended
    it; one that was seen once only is none.

    Args:
        rows: `(M, COLUMNS)`, see `faceaging_tf.video.tracking`.
        ages: `(K, 2)`, track and estimated age.
        cuts: numbers of the frames that begin scenes.
        frames: how many frames the video has.
        rate: frames per second.

    Returns:
        A list of `Track`, the largest first.
    """
    starts, ends = set(cuts.tolist()), set(cuts.tolist()) | {frames}
    tracks = []
    for number in np.unique(rows[:, 0]):
        own = rows[rows[:, 0] == number]
        first, last = int(own[0, 1]), int(own[-1, 1])
        found = np.flatnonzero(own[:, 2])
        cut_off = last + 1 in ends
        if not cut_off:
            if len(found) == 1:
                continue
            own = own[: found[-1] + 1]
        landmarks = smoothed(
            own[:, 4:14].reshape(-1, 5, 2), own[:, 14:].reshape(-1, 5, 2), WINDOW_SECONDS * rate
        )
        strength, fade = np.ones(len(own), np.float32), FADE_SECONDS * rate
        rise = (np.arange(len(own), dtype=np.float32) + 1) / (fade + 1)
        if first not in starts:
            strength = np.minimum(strength, rise)
        if not cut_off:
            strength = np.minimum(strength, rise[::-1])
        estimates = ages[ages[:, 0] == number, 1]
        age = float(np.median(estimates)) if len(estimates) else None
        tracks.append(Track(int(number), first, landmarks, strength, float(own[:, 3].max()), age))
    return sorted(tracks, key=lambda track: -track.size)


def smoothed(moved, found, window):
    """Landmarks that follow the picture from frame to frame, and the detector in the long run.

    The movements carried from frame to frame fit the picture to a fraction of a pixel, but their
    sum drifts; the detector does not drift, but shakes. So the sum is taken, and what the detector
    says beyond it is averaged by a Gaussian window, before and after in time.

    Args:
        moved: `(N, 5, 2)`, by how much each landmark moved from the frame before, in pixels; of the
            first frame it does not matter.
        found: `(N, 5, 2)`, where the detector saw them, NaN where it was not asked or did not see
            them; it saw the first.
        window: standard deviation of the window in frames.

    Returns:
        `(N, 5, 2)` in pixels.

    Example: a still face whose landmarks are seen at 10 and 12.
        >>> import numpy as np
        >>> from faceaging_tf.video.tracks import smoothed
        >>> found = np.full((2, 5, 2), 10.0)
        >>> found[1] = 12
        >>> smoothed(np.zeros((2, 5, 2)), found, window=100)[:, 0, 0].round(3).tolist()
        [11.0, 11.0]
    """
    carried = np.cumsum(np.concatenate([np.zeros((1, 5, 2)), moved[1:]]), axis=0)
    known = np.isfinite(found).all(axis=(1, 2))
    beyond = np.where(known[:, None, None], found - carried, 0.0)
    weights = gaussian_filter1d(known.astype(np.float64), window, mode="constant")
    sums = gaussian_filter1d(beyond, window, axis=0, mode="constant")
    near = weights > 1e-6
    # Beyond the window's end the last known word holds.
    index = np.maximum.accumulate(np.where(near, np.arange(len(near)), 0))
    return carried + sums[index] / weights[index][:, None, None]
