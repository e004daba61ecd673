"""YAML itself: what is text, what is a number, what is refused and on which line."""

from pathlib import Path

import pytest
import yaml

from assets.descriptor.yaml import DescriptorMistake, read_yaml, trap


def read(tmp_path: Path, text: str | bytes) -> object:
    path = tmp_path / "made.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    document = read_yaml(path)
    return document.data if not document.mistakes else [str(mistake) for mistake in document.mistakes]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("07", "an octal number"),
        ("016", "an octal number"),
        ("098", "an octal number"),
        ("NO", "true or false"),
        ("no", "true or false"),
        ("Yes", "true or false"),
        ("on", "true or false"),
        ("n", "true or false"),
        ("True", "true or false"),
        ("1:30", "base of sixty"),
        ("190:20:30.15", "base of sixty"),
        ("2024-01-01", "a date"),
        ("2024-1-1 10:00:00", "a date"),
        ("1_000", "a number"),
        ("+5", "a number"),
        ("1e3", "a number"),
        ("2E05", "a number"),
        (".5", "a number"),
        ("5.", "a number"),
        ("0x1F", "in another base"),
        ("0b11", "in another base"),
        (".inf", "infinity"),
        ("~", "null"),
        ("NULL", "null"),
        ("<<", "merge key"),
    ],
)
def test_unquoted_scalars_that_others_misread_are_refused(tmp_path: Path, text: str, meaning: str) -> None:
    for frame in ("a: 1\nb: {}", "a: 1\nb: [{}]", "a: 1\n{}: x", "a: 1\nb: {{c: {}}}"):
        (said,) = read(tmp_path, frame.format(text))  # type: ignore[misc]
        assert "made.yaml:2: " in said
        assert f"found {text} without quotes" in said
        assert meaning in said
        assert f'allowed: "{text}" in quotes' in said
        assert "\n" not in said


@pytest.mark.parametrize(
    "text", ["07", "016", "NO", "1:30", "2024-01-01", "~", "1e3", "true", "7", "null", "<<"]
)
def test_quoted_they_are_text(tmp_path: Path, text: str) -> None:
    for quoted in (f"'{text}'", f'"{text}"'):
        assert read(tmp_path, f"b: {quoted}") == {"b": text}
        assert read(tmp_path, f"b: [{quoted}]") == {"b": [text]}
        assert read(tmp_path, f"{quoted}: x") == {text: "x"}


@pytest.mark.parametrize(
    "text", ["FI1C6", "MK07", "13tn", "nuts-2021", "T", "Y15-24", "no-one", "P3Y", "1 + 1", "3.10.2", "TOTAL"]
)
def test_safe_text_needs_no_quotes(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"b: {text}") == {"b": text}
    assert yaml.safe_load(f"b: {text}") == {"b": text}, "other readers agree"


def test_traps_are_what_other_readers_misread() -> None:
    """PyYAML's own reader of YAML 1.1 judges: what it takes for neither text nor a plain number is a trap."""
    starts = ("", "0", "1", "12", "-", "+", ".", "n", "2024-01-0", "0x", "0b")
    tokens = {
        f"{a}{b}{c}"
        for a in starts
        for b in ("", "1", "1:", "o", "_", "1e")
        for c in ("", "5", "ff", "N", ".")
    }
    for token in sorted(tokens - {""}):
        try:
            value = yaml.safe_load(f"[{token}]")[0]
        except (yaml.YAMLError, ValueError):
            continue
        if isinstance(value, str | dict) or value is None:
            continue
        plain = str(value) == token and not isinstance(value, bool)
        assert plain or trap(token), f"{token} is {value!r} elsewhere"


def test_plain_values(tmp_path: Path) -> None:
    data = read(tmp_path, "a: true\nb: false\nc: 12\nd: -3\ne: 1.50\nf: null\ng:\nh: 0\n")
    assert data == {"a": True, "b": False, "c": 12, "d": -3, "e": 1.5, "f": None, "g": None, "h": 0}
    assert isinstance(data, dict)
    assert [type(value) for value in data.values()][:5] == [bool, bool, int, int, float]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", 4, "b.c: found the key 'c' a second time (first on line 3)"),
        ("a: {x: 1, x: 1}", 1, "a.x: found the key 'x' a second time"),
        ("a: 1\n2020: x\n", 2, "found the key 2020; allowed: text as key"),
        ("a: 1\ntrue: x\n", 2, "found the key true; allowed: text as key"),
        ("a: 1\n? [x]\n: y\n", 2, "found a list as key"),
        ("a: 1\nb: !!python/object:os.system x\n", 2, "allowed: plain YAML without tags"),
        ("a: &x\n  b: *x\n", 2, "an alias of a node above itself"),
    ],
)
def test_mistakes_that_only_the_nodes_show(tmp_path: Path, text: str, line: int, said: str) -> None:
    (mistake,) = read(tmp_path, text)  # type: ignore[misc]
    assert f"made.yaml:{line}: " in mistake
    assert said in mistake


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: [1, 2", 1, "one document in YAML syntax"),
        ("a: 1\n\tb: 2\n", 2, "one document in YAML syntax"),
        ("a: 1\n b: 2\n", 2, "one document in YAML syntax"),
        ("a: 1\n---\nb: 2\n", 2, "one document in YAML syntax"),
        ("a: 1\nb: *nowhere\n", 2, "one document in YAML syntax"),
        (b"a: 1\nb: \xe4\n", 2, "UTF-8 text"),
        (b"a: 1\nb: \x00\n", 2, "one document in YAML syntax"),
    ],
)
def test_what_is_no_yaml_is_said_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, said: str
) -> None:
    with pytest.raises(DescriptorMistake) as caught:
        read(tmp_path, text)
    assert f"made.yaml:{line}: " in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "") is None
    assert read(tmp_path, "# only a comment\n") is None


def test_aliases_are_allowed(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x [1]\nb: *x\n") == {"a": [1], "b": [1]}
