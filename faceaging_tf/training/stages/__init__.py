"""The stages of a recipe: what is taught, one after the other."""
