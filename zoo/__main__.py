"""`python -m zoo`: the same as the command `faceaging`."""

from zoo.cli.main import run

if __name__ == "__main__":
    run()
