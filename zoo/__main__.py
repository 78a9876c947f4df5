"""`python -m zoo`: the same as the command `faceaging`."""

from zoo.cli import run

if __name__ == "__main__":
    run()
