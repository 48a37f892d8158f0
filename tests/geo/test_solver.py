"""The solver's own words stay out of the data."""

import subprocess
import sys

PRINTS = """
import ctypes, os
from geo._solver import stdout_kept
speak = ctypes.CDLL("ucrtbase" if os.name == "nt" else None).printf
print("before")
with stdout_kept():
    speak(b"words of a solver\\n")
print("after")
"""


def test_what_a_solver_prints_goes_to_stderr():
    done = subprocess.run([sys.executable, "-c", PRINTS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["before", "after"]
    assert "words of a solver" in done.stderr


def test_a_closed_stdout_does_no_harm():
    code = (
        "import os; from geo._solver import stdout_kept; os.close(1)\nwith stdout_kept(): os.write(2, b'ok')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.startswith("ok")
