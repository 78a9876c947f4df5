"""Presets: a model as a folder, saved, checked, shared in parts, and run without Keras."""
