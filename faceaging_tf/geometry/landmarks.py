"""The 468 landmarks of MediaPipe's face mesh: which of them outline what."""

import numpy as np

OVAL = (
    10,
    338,
    297,
    332,
    284,
    251,
    389,
    356,
    454,
    323,
    361,
    288,
    397,
    365,
    379,
    378,
    400,
    377,
    152,
    148,
    176,
    149,
    150,
    136,
    172,
    58,
    132,
    93,
    234,
    127,
    162,
    21,
    54,
    103,
    67,
    109,
)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
# The lips' inner edge.
MOUTH = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
LEFT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
RIGHT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
LEFT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
RIGHT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
CHEEKS = (50, 280, 205, 425, 117, 346, 187, 411)
# The oval's upper part, above which forehead and hair lie, and what lies between the eyes, from
# which they are counted.
UPPER_OVAL = (10, 338, 297, 332, 284, 251, 21, 54, 103, 67, 109)
# Outline of the nose: down its right side from between the eyes, around wing and base, and up the
# other.
NOSE = (168, 351, 399, 456, 420, 358, 327, 2, 98, 129, 198, 236, 174, 122)
FOREHEAD_TOP, BETWEEN_EYES, NOSE_TIP, NOSE_BASE, CHIN = 10, 168, 1, 2, 152
LEFT_SIDE, RIGHT_SIDE = 234, 454
UPPER_LIP, LOWER_LIP, LEFT_MOUTH, RIGHT_MOUTH, LEFT_EYE_CORNER, RIGHT_EYE_CORNER = (
    13,
    14,
    61,
    291,
    33,
    263,
)
COUNT = 468


def above_oval(landmarks, *shares):
    """Points above the face's upper oval: each of its points moved away from between the eyes by a
    share of its distance.

    Args:
        landmarks: `(468, 2)`.
        shares: one or more, such as .35; a row of points for each.

    Returns:
        `(11 * len(shares), 2)`.
    """
    upper = np.asarray(landmarks)[list(UPPER_OVAL)]
    away = upper - landmarks[BETWEEN_EYES]
    return (upper[:, None] + away[:, None] * np.array(shares)[None, :, None]).reshape(-1, 2)
