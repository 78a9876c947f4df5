"""Freed memory is kept by the program, and by what it starts."""

import os
import platform
import subprocess
import sys

PROGRAM = """
import os, subprocess, sys
sys.argv = ["faceaging", "list"]
from zoo.cli import main
try:
    main.run()
except SystemExit:
    pass
print(os.environ.get("MALLOC_MMAP_THRESHOLD_"), os.environ.get("MALLOC_TRIM_THRESHOLD_"))
"""


def settings(**environment):
    """What the program leaves for processes that it starts."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()[-1].split()


glibc = platform.libc_ver()[0] == "glibc"


def test_processes_that_it_starts_keep_freed_memory_too():
    assert settings() == (["8388608", "33554432"] if glibc else ["None", "None"])


def test_what_the_user_has_set_stays():
    assert settings(MALLOC_TRIM_THRESHOLD_="1")[1] == "1"
