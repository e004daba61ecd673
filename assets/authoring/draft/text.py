"""A descriptor as YAML that a person goes on with: codes and texts in quotes, small mappings on one line."""

import re
from typing import Any

import yaml

_PLAIN = re.compile(r"[a-z$][A-Za-z0-9_$]*([:/.-][A-Za-z0-9_]+)*")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")  # which readers take for other things
_FLOW = 120  # so long a mapping or list may be on one line


class _Dumper(yaml.SafeDumper):
    """Strings in double quotes, but for plain words; short mappings and lists in one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists are indented below their key, as in the shipped descriptors."""
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    plain = _PLAIN.fullmatch(value) and value.casefold() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


def _mapping(dumper: yaml.SafeDumper, value: dict[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=_is_short(value))


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=_is_short(value))


def _is_short(value: Any) -> bool:
    """Whether a mapping or list goes on one line: nothing inside it, and no key that needs quotes there."""
    inside = list(value.values() if isinstance(value, dict) else value)
    keys = value if isinstance(value, dict) else ()
    flat = not any(isinstance(item, dict | list) for item in inside) and not any(":" in key for key in keys)
    return flat and len(repr(value)) < _FLOW


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)


def format_yaml(data: dict[str, Any] | Any) -> str:
    """The data as YAML with real letters, in their order."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=140)
