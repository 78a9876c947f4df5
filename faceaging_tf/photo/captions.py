"""Pictures side by side, each with a caption below."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_PAPER = (255, 255, 255)
_INK = (40, 40, 40)


def captioned_row(panels, captions, height):
    """Lay pictures of one shape out in a row, with captions.

    Args:
        panels: N arrays `(H, W, 3)` uint8 of one shape.
        captions: N texts.
        height: of a panel in the row, without its caption, in pixels.

    Returns:
        `(height + caption, about N * height * W / H, 3)` uint8.

    Raises:
        ValueError: a height below 16 pixels.
    """
    if height < 16:
        raise ValueError(
            f"The panels' height was {height} pixels; 16 or more are needed for a caption."
        )
    rows, columns = panels[0].shape[:2]
    width = max(1, round(columns * height / rows))
    gap = max(2, height // 64)
    font = ImageFont.load_default(size=max(10, height // 14))
    line = 2 * round(font.size)
    row = Image.new("RGB", (len(panels) * (width + gap) - gap, height + line), _PAPER)
    draw = ImageDraw.Draw(row)
    for index, (panel, caption) in enumerate(zip(panels, captions, strict=True)):
        left = index * (width + gap)
        row.paste(
            Image.fromarray(panel).resize((width, height), Image.Resampling.LANCZOS), (left, 0)
        )
        draw.text((left + width / 2, height + line / 2), caption, fill=_INK, font=font, anchor="mm")
    return np.asarray(row)
