"""A folder per entry of the zoo: an `__init__.py` with `ENTRY`, and a folder `preset/` with the
released weights.
"""
