"""Hair: its colour, and the share of the way to that of real people, by hand."""

import numpy as np
import pytest

from faceaging_tf.evaluate.hair import at_hair_side, hair_colours, hair_figures, hair_masks


def test_the_colour_is_that_of_the_hair_alone():
    head = np.full((1, 256, 256, 3), 255, "uint8")
    head[:, :40] = 0
    hair = np.zeros((1, 256, 256), bool)
    hair[:, :40] = True
    np.testing.assert_allclose(hair_colours(head, hair), [[0, 0]], atol=1e-3)
    # White is 100 of L, and no colour.
    np.testing.assert_allclose(hair_colours(head, ~hair), [[100, 0]], atol=0.02)
    assert np.isnan(hair_colours(head, np.zeros_like(hair))).all()


def test_red_has_the_chroma_of_its_mean_colour():
    head = np.zeros((1, 256, 256, 3), "uint8")
    head[..., 0] = 255
    # sRGB red is L 53.24, a 80.09, b 67.20 of CIE Lab (D65).
    np.testing.assert_allclose(
        hair_colours(head, np.ones((1, 256, 256), bool)),
        [[53.24, np.hypot(80.09, 67.20)]],
        atol=0.1,
    )


def test_heads_of_any_size_are_measured_at_256():
    assert (
        at_hair_side(np.zeros((512, 512, 3), "uint8")).shape
        == at_hair_side(np.zeros((96, 96, 3), "uint8")).shape
        == (256, 256, 3)
    )


def test_cut_off_heads_have_no_hair_to_measure():
    heads, masks = np.zeros((2, 64, 64, 3), "uint8"), np.full((2, 16, 16), 255, "uint8")
    assert not hair_masks(heads, np.full((2, 468, 2), 0.5), masks, np.zeros(2, bool)).any()


def test_the_share_is_the_mean_change_over_what_it_would_take():
    before = np.tile([[20.0, 10.0]], (12, 1))
    after = before + [10.0, 0.0]
    # Half of the outputs stand beside real people of lightness 40, the others beside such of 60: 20
    # and 40 levels to go, 30 on average.
    reals = np.concatenate([np.tile([[40.0, 2.0]], (10, 1)), np.tile([[60.0, 2.0]], (20, 1))])
    matches = (np.arange(12) < 6)[:, None] == (np.arange(30) < 10)[None, :]
    found = hair_figures(before, after, reals, matches)
    assert found["lightness"]["share"].value == pytest.approx(10 / 30) and found["chroma"][
        "share"
    ].value == pytest.approx(0)
    assert found["lightness"]["reals"].value == pytest.approx(50) and found["lightness"][
        "outputs"
    ].value == pytest.approx(30)
    assert (
        found["lightness"]["share"].low <= 1 / 3 <= found["lightness"]["share"].high
        and found["lightness"]["share"].faces == 12
    )


def test_without_a_sure_way_to_go_there_is_no_share():
    before = np.tile([[20.0, 10.0]], (12, 1))
    reals = np.stack([np.where(np.arange(30) % 2, 10.0, 30.0), np.full(30, 5.0)], axis=1)
    found = hair_figures(before, before, reals, np.ones((12, 30), bool))
    assert (
        found["lightness"]["share"] is None
        and found["lightness"]["reals"].value == 20
        and found["chroma"]["share"].value == 0
    )


def test_hair_that_is_not_seen_is_left_out():
    before = np.tile([[20.0, 10.0]], (12, 1))
    unseen = np.where(np.arange(12)[:, None] < 3, np.nan, before)
    reals = np.tile([[40.0, 2.0]], (30, 1))
    assert hair_figures(unseen, before, reals, np.ones((12, 30), bool)) is None
    assert (
        hair_figures(before, before, reals, np.ones((12, 30), bool))["lightness"]["share"].faces
        == 12
    )
