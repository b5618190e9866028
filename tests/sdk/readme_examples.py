#!/usr/bin/env python3
"""Compiles every example of the SDK's README: readme_examples.py SDK_DIR CC CXX

A fenced block marked `cpp` or `c` must be a whole file; other marks are not looked at."""
import pathlib
import re
import subprocess
import sys

sdk, cc, cxx = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
COMPILERS = {"cpp": [cxx, "-std=c++20", "-x", "c++"], "c": [cc, "-std=c11", "-x", "c"]}

text = (sdk / "README.md").read_text()
blocks = list(re.finditer(r"^```(cpp|c)\n(.*?)^```$", text, re.M | re.S))
failed = 0
for block in blocks:
    line = text.count("\n", 0, block.start(2))
    command = COMPILERS[block[1]] + ["-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
                                     "-fsyntax-only", f"-I{sdk}/include", "-"]
    source = f'#line {line + 1} "README.md"\n' + block[2]
    done = subprocess.run(command, input=source, capture_output=True, text=True)
    if done.returncode != 0:
        failed += 1
        print(done.stderr)
print(f"{len(blocks)} examples, {failed} do not compile")
sys.exit(1 if failed or not blocks else 0)
