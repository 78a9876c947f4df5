"""A shim for tools that look for it; the packaging is in pyproject.toml."""

from setuptools import setup

setup()
