"""What a PX file says about itself in words, in all its languages. The cells do not belong here."""

import re
from typing import Any

from assets.normalise.readers.px.keywords import STRING, STRINGS, Keyword, text_of
from assets.normalise.readers.source_table import normalise_update

TIME_LIST = re.compile(r"TLIST\(\s*([A-Z]\d?)")


def px_metadata(
    entries: list[Keyword],
    variables: list[str],
    codes: dict[str, list[str]],
    encoding: str,
    declared: str | None,
) -> dict[str, Any]:
    """The metadata of a PX file; a key whose content the file does not have is null or empty.

    `id` (TABLEID, else MATRIX), `label` (DESCRIPTION, else TITLE), `source`, `updated` (null: PX times have
    no zone), `updated_text` (LAST-UPDATED, else CREATION-DATE), `language`, `languages`, `encoding`,
    `encoding_declared`, `notes` [text], `dimensions`, `roles` {time, geo, metric: [column]},
    `dimension_labels`, `labels` {column: {code: text}}, `dimension_notes`, `units` {column: {code: text}} of
    the content variable, `unit` of the table, `decimals` of the table, `time_scale` {column: `A1`, `Q1`, `M1`
    …}, `flags` {symbol: text shown}, `translations` {language: the same words in it}, `keywords`
    {`NAME[language]("subject")`: value} for all that is not data's own structure.
    """
    columns = dict(zip(variables, codes, strict=True))
    translated: dict[str | None, list[Keyword]] = {}
    for entry in entries:
        translated.setdefault(entry.language, []).append(entry)
    words = _words(translated.get(None, []), variables, columns, codes)
    main = {(entry.name, entry.subjects): entry for entry in entries if entry.language is None}
    languages = _list(main.get(("LANGUAGES", ())))
    metric = [columns[name] for name in _list(main.get(("CONTVARIABLE", ()))) if name in columns]
    time = [columns[v] for v in variables if ("TIMEVAL", (v,)) in main or _kind(main, v) == "T"]
    geo = [columns[v] for v in variables if ("MAP", (v,)) in main or _kind(main, v) == "G"]
    updated = next(
        (text_of(entry) for entry in entries if entry.name == "LAST-UPDATED" and not entry.language), None
    )
    updated = updated or _text(main, "LAST-UPDATED") or _text(main, "CREATION-DATE")
    decimals = _text(main, "SHOWDECIMALS") or _text(main, "DECIMALS")
    scales = {
        columns[v]: TIME_LIST.match(main["TIMEVAL", (v,)].value)
        for v in variables
        if ("TIMEVAL", (v,)) in main
    }
    return {
        "id": _text(main, "TABLEID") or _text(main, "MATRIX"),
        "updated": normalise_update(updated),
        "updated_text": updated,
        "language": _text(main, "LANGUAGE"),
        "languages": languages,
        "encoding": encoding,
        "encoding_declared": declared,
        "dimensions": list(codes),
        "roles": {"time": time, "geo": [name for name in geo if name not in time + metric], "metric": metric},
        "decimals": int(decimals) if decimals and decimals.isdigit() else None,
        "time_scale": {column: scale[1] for column, scale in scales.items() if scale},
        "flags": _symbols(main),
        **words,
        "translations": {
            language: _words(translated[language], variables, columns, codes)
            for language in languages
            if language in translated
        },
        "keywords": {
            _key(entry): text_of(entry)
            for entry in entries
            if entry.name not in ("VALUES", "CODES", "TIMEVAL")
        },
    }


def _words(
    own: list[Keyword],
    variables: list[str],
    columns: dict[str, str],
    codes: dict[str, list[str]],
) -> dict[str, Any]:
    """Labels, notes and units of one language's entries; variables match by place in STUB and HEADING."""
    found = {(entry.name, entry.subjects): entry for entry in own}
    names = [*_list(found.get(("STUB", ()))), *_list(found.get(("HEADING", ())))]
    if len(names) != len(variables):
        names = variables
    column_of = {name: columns[variable] for name, variable in zip(names, variables, strict=True)}
    labels: dict[str, dict[str, str]] = {}
    for name, column in column_of.items():
        texts = _list(found.get(("VALUES", (name,))))
        labels[column] = (
            dict(zip(codes[column], texts, strict=True)) if len(texts) == len(codes[column]) else {}
        )
    contents = _text(found, "CONTVARIABLE")
    content_column = column_of.get(contents or "")
    code_of = {text: code for code, text in labels.get(content_column or "", {}).items()}
    units = {
        code_of[e.subjects[0]]: text_of(e)
        for e in own
        if e.name == "UNITS" and e.subjects and e.subjects[0] in code_of
    }
    notes = [text_of(entry) for entry in own if entry.name in ("NOTE", "NOTEX") and not entry.subjects]
    dimension_notes: dict[str, list[str]] = {}
    for entry in own:
        if entry.name in ("NOTE", "NOTEX") and len(entry.subjects) == 1 and entry.subjects[0] in column_of:
            dimension_notes.setdefault(column_of[entry.subjects[0]], []).append(text_of(entry))
    return {
        "label": _text(found, "DESCRIPTION") or _text(found, "TITLE"),
        "source": _text(found, "SOURCE"),
        "notes": notes,
        "dimension_labels": {column: name for name, column in column_of.items()},
        "labels": labels,
        "dimension_notes": dimension_notes,
        "unit": _text(found, "UNITS"),
        "units": {content_column: units} if content_column and units else {},
    }


def _symbols(main: dict[tuple[str, tuple[str, ...]], Keyword]) -> dict[str, str]:
    """{symbol in the data: text that programs show for it}, where the file says so."""
    names = {**{f"DATASYMBOL{dots}": "." * dots for dots in range(1, 7)}, "DATASYMBOLNIL": "-"}
    return {symbol: text for name, symbol in names.items() if (text := _text(main, name))}


def _text(found: dict[tuple[str, tuple[str, ...]], Keyword], name: str) -> str | None:
    entry = found.get((name, ()))
    return (text_of(entry).strip() or None) if entry else None


def _kind(found: dict[tuple[str, tuple[str, ...]], Keyword], variable: str) -> str | None:
    entry = found.get(("VARIABLE-TYPE", (variable,)))
    return text_of(entry).upper()[:1] if entry else None


def _list(entry: Keyword | None) -> list[str]:
    return ["".join(STRING.findall(found[1])) for found in STRINGS.finditer(entry.value)] if entry else []


def _key(entry: Keyword) -> str:
    language = f"[{entry.language}]" if entry.language else ""
    subjects = ",".join(f'"{subject}"' for subject in entry.subjects)
    return f"{entry.name}{language}{f'({subjects})' if subjects else ''}"
