"""The teacher: how real old skin, the average old face, the shape of heads and grey hair are
learned from photographs with landmarks, as maps of the mean face.
"""
