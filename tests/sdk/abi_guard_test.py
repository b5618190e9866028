#!/usr/bin/env python3
"""Changes muster/probe.h in ways that break plugins, and in ways that do not:
abi_guard_test.py SDK_DIR COMPILER"""
import pathlib
import sys
import tempfile
import unittest

import abi_guard

SDK, COMPILER = pathlib.Path(sys.argv[1]), sys.argv[2]
HEADER = (SDK / "include/muster/probe.h").read_text()
HOST = "  muster_str host;       /* host name or address, without port */\n"
NAME = "  muster_str name;       /* as registered */\n"
SLOT = "  void** slot;\n"


class AbiGuardTest(unittest.TestCase):
    def faults(self, *replacements):
        text = HEADER
        for before, after in replacements:
            self.assertIn(before, text)
            text = text.replace(before, after, 1)
        with tempfile.TemporaryDirectory() as folder:
            include = pathlib.Path(folder)
            (include / "muster").mkdir()
            (include / "muster/probe.h").write_text(text)
            return "\n".join(abi_guard.check(SDK, COMPILER, include))

    def passes(self, *replacements):
        self.assertEqual("", self.faults(*replacements))

    def fails(self, words, *replacements):
        self.assertIn(words, self.faults(*replacements))

    def test_the_header_as_it_is(self):
        self.passes()

    def test_two_fields_change_places(self):
        self.fails("muster_target: 'muster_str host' offset changed", (NAME + HOST, HOST + NAME))

    def test_a_field_is_added_at_the_end(self):
        self.passes((SLOT, SLOT + "  int64_t more;\n"))

    def test_a_field_is_added_and_two_change_places(self):
        self.fails("'muster_str host' offset changed", (NAME + HOST, HOST + NAME),
                   (SLOT, SLOT + "  int64_t more;\n"))

    def test_a_field_is_added_in_the_middle(self):
        self.fails("int64_t more was inserted at bit", (HOST, HOST + "  int64_t more;\n"))

    def test_a_field_is_added_in_the_padding(self):
        self.fails("must lie behind", ("  bool follow_redirects;\n",
                                       "  bool follow_redirects;\n  bool more;\n"))

    def test_a_frozen_struct_grows(self):
        self.fails("muster_metric has no struct_size", ("} muster_metric;", "  int more;\n} muster_metric;"))

    def test_a_field_changes_its_type(self):
        self.fails("muster_http_response::status_code", ("int32_t status_code;", "uint32_t status_code;"))

    def test_a_field_goes(self):
        self.fails("muster_target", (HOST, ""))

    def test_a_function_takes_more(self):
        self.fails("muster_host::cancelled", ("(*cancelled)(const muster_run*)",
                                              "(*cancelled)(const muster_run*, int)"))

    def test_a_function_is_added_at_the_end(self):
        last = "  void (*complete)(muster_run*, const muster_result*);\n"
        self.passes((last, last + "  void (*more)(muster_run*);\n"))

    def test_a_number_is_added(self):
        self.passes(("MUSTER_REASON_SELF = 26", "MUSTER_REASON_MORE = 27,\n  MUSTER_REASON_SELF = 26"))

    def test_a_number_changes(self):
        self.fails("MUSTER_REASON_SELF", ("MUSTER_REASON_SELF = 26", "MUSTER_REASON_SELF = 27"))

    def test_a_service_is_added(self):
        entry = "MUSTER_EXPORT const muster_plugin* muster_plugin_v1(void);"
        service = '#define MUSTER_MORE "muster.more/1"\ntypedef struct {\n  uint32_t struct_size;\n} muster_more;\n'
        self.passes((entry, service + entry))

    def test_a_new_minor_version_must_be_recorded(self):
        self.fails("ABI 1.9 is not recorded", ("#define MUSTER_ABI_MINOR 0", "#define MUSTER_ABI_MINOR 9"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
