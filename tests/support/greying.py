"""A model of whole heads whose hair is known: it greys it, and does nothing else."""

import numpy as np

from faceaging_tf.geometry.exposure import LUMINANCE


class Greying:
    """By the contract of ageing models: dark, colourless or not, hair at a known place gets lighter
    by a level for each year and strength, or darker by as many.

    Args:
        hair: `(S, S)` bool.
        ages: the age that it estimates for whatever face.
    """

    frame, parts = "whole_head", ("wrinkles", "tone", "shape", "hair")

    def __init__(self, hair, age=30.0):
        self.hair, self.image_size, self.age = hair, len(hair), age
        # The strengths of its calls, in their order.
        self.asked = []

    def estimate_ages(self, faces):
        return np.full(len(faces), self.age, "float32")

    def transform(self, faces, years, ages=None, strengths=None):
        self.asked.append(dict(strengths or {}))
        levels = np.reshape(years, (-1, 1, 1, 1)) * (strengths or {}).get("hair", 1.0)
        light = np.float32(faces) @ LUMINANCE
        # Grey hair alone gets darker, dark hair alone lighter.
        may = self.hair & np.where(levels[..., 0] > 0, light < 200, light > 100)
        return np.clip(np.rint(faces + levels * may[..., None]), 0, 255).astype("uint8")
