#!/usr/bin/env python3
"""Fails when muster/probe.h is no longer what plugins were built for.

    abi_guard.py SDK_DIR COMPILER            compares the header with every recorded ABI
    abi_guard.py SDK_DIR COMPILER --record   records the header's ABI, for a new MUSTER_ABI_MINOR

Allowed is: a field at the end of a struct that begins with struct_size, a new number, a new service.
abidiff says what changed; the rest is a fault.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

INSERTED = re.compile(r"'(?P<field>.+)', at offset (?P<offset>\d+) \(in bits\)$")
SIZE = re.compile(r"type size changed from (?P<before>\d+) to \d+ \(in bits\)$")
QUIET = re.compile(r"\d+ data member insertions?:$|type size hasn't changed$")


def run(*command, allowed=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def compile_witness(sdk, compiler, include, folder):
    library = pathlib.Path(folder) / "witness.so"
    run(compiler, "-std=c++20", "-g", "-O0", "-shared", "-fPIC", "-fvisibility=hidden",
        f"-ffile-prefix-map={sdk}/=", f"-I{include}", str(sdk / "abi/witness.cpp"), "-o", str(library))
    return library


def growable(recorded):
    """The structs that begin with struct_size."""
    structs = (s for s in xml.parse(recorded).iter("class-decl") if s.find(".//var-decl") is not None)
    return {s.get("name") for s in structs if s.find(".//var-decl").get("name") == "struct_size"}


def faults_of_struct(name, lines, may_grow):
    """What a block of abidiff's report says of a struct beyond growth at its end."""
    before = next((int(m["before"]) for m in map(SIZE.search, lines) if m), None)
    for line in lines:
        if SIZE.search(line) or QUIET.search(line):
            if not may_grow and SIZE.search(line):
                yield f"{name} has no struct_size, so it is frozen: {line}"
            continue
        field = INSERTED.search(line)
        if field is None:
            yield f"{name}: {line}"
        elif before is None or int(field["offset"]) < before:
            yield (f"{name}: {field['field']} was inserted at bit {field['offset']}, inside what older"
                   " plugins know; it must lie behind, where struct_size tells of it")


def faults_of_report(report, may_grow):
    """abidiff --leaf-changes-only: a summary, then a block for each type."""
    name, lines = None, []
    for line in report.splitlines() + ["'end' changed:"]:
        opens = re.match(r"'(?:struct |enum )?(?P<name>\S.*?)' changed:$", line)
        if not opens:
            lines.append(line.strip())
            continue
        if name is not None:
            yield from faults_of_struct(name, [l for l in lines if l], name in may_grow)
        name, lines = opens["name"], []


def compare(recorded, library):
    """The faults of `library`, as sentences. abidiff's exit code: 1 and 2 are errors of its own."""
    command = ["abidiff", "--no-architecture", "--no-added-syms", "--leaf-changes-only",
               "--no-show-locs", str(recorded), str(library)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode & 3:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    found = list(faults_of_report(done.stdout, growable(recorded)))
    if done.returncode & 8:
        found.append(f"abidiff calls it incompatible:\n{done.stdout}")
    elif done.returncode & 4 and not found and "changed:" not in done.stdout:
        found.append(f"abidiff found a change:\n{done.stdout}")
    return found


def check(sdk, compiler, include):
    """All faults of the header in `include`, against every recorded ABI."""
    minor = re.search(r"#define MUSTER_ABI_MINOR (\d+)", (include / "muster/probe.h").read_text())[1]
    recorded = sorted((sdk / "abi").glob("1.*.abi"))
    with tempfile.TemporaryDirectory() as folder:
        library = compile_witness(sdk, compiler, include, folder)
        found = [f"since ABI {file.stem}: {fault}" for file in recorded for fault in compare(file, library)]
    if sdk / f"abi/1.{minor}.abi" not in recorded:
        found.append(f"ABI 1.{minor} is not recorded: {sys.argv[0]} SDK_DIR COMPILER --record")
    return found


def record(sdk, compiler):
    minor = re.search(r"#define MUSTER_ABI_MINOR (\d+)",
                      (sdk / "include/muster/probe.h").read_text())[1]
    with tempfile.TemporaryDirectory() as folder:
        library = compile_witness(sdk, compiler, sdk / "include", folder)
        (sdk / f"abi/1.{minor}.abi").write_text(run(
            "abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed",
            "--no-parameter-names", "--type-id-style", "hash", str(library)))


def main():
    sdk, compiler = pathlib.Path(sys.argv[1]), sys.argv[2]
    if shutil.which("abidiff") is None:
        sys.exit("abidiff is missing (package abigail-tools): ./dev deps")
    if "--record" in sys.argv:
        return record(sdk, compiler)
    found = check(sdk, compiler, sdk / "include")
    if found:
        print("muster/probe.h breaks plugins that are built already:\n  " + "\n  ".join(found))
        print("Allowed is only what the header says under Growth.")
        sys.exit(1)
    print("muster/probe.h is what plugins were built for")


if __name__ == "__main__":
    main()
