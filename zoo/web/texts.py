"""The words of the page."""

HEADER = """
# Face ageing

Drop a photo, slide the years, see before and after.
"""

AT_FIRST = "JPEG, PNG, WebP, TIFF and a few more; up to 50 MB and 150 million pixels."

GONE = "There is no photo; choose one. (A photo is let go an hour after it was chosen, or sooner where many others come.)"

FULL = "{} photos wait for their turn already; choose yours again in a few minutes."

ANOTHER = "Another future"
PARTS = "How strong each part of ageing is: 1 as learned, 0 not at all, 2 twice as much."

NOTICE = """
**Ask first.** Age your own photo, or one of somebody who agreed to it. Say of what you share that it was made.

**A made picture, not a forecast.** Nobody can tell how somebody will look. The models change the face, not the hair around it; they show age as their
training photos had it, and they err: by 6 years on average over 10 to 40 years older, more for people of 60 and over. From 30 years older on, skin
can look mottled and folds harsh. The age seen in a photo is an estimate that is off by 8 years on average: take no decision by it.
`groupgan` and `cyclegan` only go from one age group to another (0-20, 20-40, 40-60, 60 and over).

**Where your photo goes.** To the computer that serves this page, and from there nowhere else; this page asks no other computer for anything. There it
lies in a temporary file until it has been read, which is its turn (from the camera: for four minutes at most after that), then in memory alone, until you close the page or an hour
has passed. A picture that you save lies in a temporary file for four minutes at most, so that your browser can fetch it. Nothing else is written, and
no photo is logged.
"""
