#!/usr/bin/env python3
"""Fails when a folder includes what it may not: include_rules.py SOURCE_DIR.

A stage knows the interface of the next stage, never the one before it; common/ knows nobody;
only aggregator/app knows everyone; a plugin knows the SDK alone. The lists below are the rule.
"""
import pathlib
import re
import sys

BASE = {"common/base"}
MODEL = BASE | {"common/model"}
CONFIG = BASE | {"common/config"}
NET = MODEL | {"common/net"}
PLUGIN = MODEL | NET | {"common/plugin", "muster/probe.h"}
ALLOWED = {
    "common/base": BASE,
    "common/config": CONFIG,
    "common/model": MODEL,
    "common/net": NET,
    "common/plugin": PLUGIN,
    "common/wall": PLUGIN | {"common/wall"},
    "aggregator/settings": MODEL | CONFIG,
    "aggregator/fleet": MODEL,
    "aggregator/schedule": MODEL | NET | {"aggregator/fleet/fleet_sink.h"},
    "aggregator/ownfault": MODEL,
    "aggregator/probing": PLUGIN | {"aggregator/schedule/check.h", "aggregator/ownfault/own_fault.h",
                                    "aggregator/ownfault/fleet_pulse.h"},
    "aggregator/health": MODEL | {"aggregator/probing/result_sink.h"},
    "aggregator/spool": MODEL | {"aggregator/health/health_sink.h"},
    "aggregator/storage": MODEL | CONFIG | {"aggregator/spool/batch_store.h",
                                             "aggregator/spool/result_row.h",
                                             "aggregator/ownfault/fault_sink.h"},
    "aggregator/storage/rollup": MODEL | {"aggregator/storage"},
    "aggregator/live": MODEL | {"aggregator/health/health_sink.h", "aggregator/fleet/fleet_sink.h"},
    "aggregator/export": MODEL | {"aggregator/live"},
    "aggregator/api": NET | CONFIG | {"aggregator/storage", "aggregator/storage/rollup",
                                        "aggregator/live", "aggregator/export", "aggregator/fleet",
                                        "aggregator/settings/api_settings.h",
                                        "aggregator/operations/operation_actions.h",
                                        "aggregator/operations/operation_parameters.h",
                                        "aggregator/operations/operation_plan.h"},
    "aggregator/operations": MODEL | {"aggregator/storage"},
    "agent-shim": MODEL | CONFIG | NET,
    "plugins": {"plugins"},
}
FREE = {"aggregator/app", "aggregator",  # app/ and main.cpp know everyone
        "plugins/probe-host"}            # no plugin, but the host of one
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def may_include(folder, target):
    own = {folder}
    parent = str(pathlib.PurePosixPath(target).parent)
    return any(a in (target, parent) for a in ALLOWED[folder] | own)


def faults(root):
    for top in ("common", "aggregator", "agent-shim", "plugins"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in {".h", ".hpp", ".cpp", ".c"}:
                continue
            name = path.relative_to(root)
            folder = str(name.parent)
            if folder in FREE:
                continue
            if top == "plugins":
                yield from plugin_faults(name, path)
            elif folder not in ALLOWED:
                yield f"{name}: the folder {folder} has no line in {pathlib.Path(__file__).name}"
            else:
                for target in INCLUDE.findall(path.read_text()):
                    if not may_include(folder, target):
                        yield f"{name}: includes {target}, which {folder} may not know"


def plugin_faults(name, path):
    for target in INCLUDE.findall(path.read_text()):
        if target.startswith(("common/", "aggregator/", "agent-shim/")):
            yield f"{name}: includes {target}; a plugin knows the SDK only"


found = list(faults(pathlib.Path(sys.argv[1])))
print("\n".join(found) or "every include keeps the rule")
sys.exit(1 if found else 0)
