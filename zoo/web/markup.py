"""What the page shows, as HTML with the pictures inside: they pass no file and have no address."""

import base64
import html
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_FRAME, _INK = (255, 204, 0), (0, 0, 0)


def data_address(pixels):
    """A picture as a `data:` address, a JPEG of `(H, W, 3)` uint8 pixels."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=90)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()


def before_and_after(before, afters):
    """Pictures that the divider of the page splits into before and after, side by side where there
    are two.

    Args:
        before: `(H, W, 3)` uint8.
        afters: dict from what each is called to `(H, W, 3)` uint8.
    """
    hidden = data_address(before)
    height, width = before.shape[:2]
    # As wide as its place and no taller than most of the window, whatever its pixels.
    size = f"aspect-ratio: {width} / {height}; width: min(100%, calc(60vh * {width / height:.4f}))"
    figures = [
        f'<figure><div class="stage" style="{size}"><img class="after" alt="After: {html.escape(name)}" src="{data_address(after)}">'
        f'<img class="before" alt="" src="{hidden}"><span>before</span><span>after</span></div>'
        f"<figcaption>{html.escape(name)}</figcaption></figure>"
        for name, after in afters.items()
    ]
    return f'<div class="pair">{"".join(figures)}</div>'


def picture(pixels, description):
    """One picture, as wide as its place; nothing where there are no pixels."""
    if pixels is None:
        return ""
    words = html.escape(description)
    return f'<div class="wide" tabindex="0" role="group" aria-label="{words}"><img alt="{words}" src="{data_address(pixels)}"></div>'


def numbered(pixels, faces):
    """A photo with a frame and a number, from 1, at each face."""
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=max(14, max(image.size) // 24))
    for number, face in enumerate(faces, 1):
        box = np.clip(face.box.reshape(2, 2), 0, np.array(image.size) - 1)
        draw.rectangle(
            [*box[0], *np.maximum(box[1], box[0])],
            outline=_FRAME,
            width=max(2, max(image.size) // 300),
        )
        left, top, right, bottom = draw.textbbox(tuple(box[0]), str(number), font=font)
        draw.rectangle((left - 4, top - 4, right + 4, bottom + 4), fill=_FRAME)
        draw.text(tuple(box[0]), str(number), fill=_INK, font=font)
    return np.asarray(image)


def status(text, refused=False):
    """A line that readers of screens say aloud."""
    return f'<p class="status{" refused" if refused else ""}" role="{"alert" if refused else "status"}">{html.escape(text)}</p>'


def in_words(years):
    """A number of years as people say it."""
    if not years:
        return "as it is"
    return f"{abs(years):g} year{'s'[: abs(years) != 1]} {'older' if years > 0 else 'younger'}"
