#!/usr/bin/env python3
"""./dev bench faults: the fault tests of tests/faults/ in their long form, about an hour."""
import os
import pathlib
import sys

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "faults" / "faults.py"
os.execv(sys.executable, [sys.executable, str(SCRIPT), "--long", *sys.argv[1:]])
