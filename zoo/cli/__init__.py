"""The command line: `main` reads it, and each command has a file with its flags, its examples and
what it prints.
"""
