"""The mean stars that the paper reports, to stand beside ours."""

SOURCE = (
    "Palsson, Agustsson, Timofte, Van Gool: Generative Adversarial Style Transfer Networks for Face Aging, CVPR Workshops 2018; "
    "read off its figure, +-.03; other faces and other raters than here"
)
# Mean stars by years; only CAAE has a point at 30.
PUBLISHED = {
    "CAAE": {10: 2.49, 20: 2.38, 30: 2.54, 40: 3.00},
    "CDL": {10: 2.45, 20: 2.40, 40: 2.57},
    "RFA": {10: 2.80, 20: 2.67, 40: 3.30},
    "F-GAN": {10: 3.09, 20: 3.23, 40: 3.23},
}
