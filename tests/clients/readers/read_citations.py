"""Reads citations with pandoc and prints them as CSL-JSON: `script FORMAT`, they on standard input."""

import sys

import pypandoc

print(pypandoc.convert_text(sys.stdin.read(), "csljson", format=sys.argv[1]))
