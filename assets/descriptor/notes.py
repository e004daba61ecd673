"""Shared texts: `{name}` in a text of a descriptor is the note of that name in `schemas/notes.yaml`.

Putting notes into texts belongs here, and finding names that no note has. What a note says is data.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assets.descriptor.model import Texts
from assets.descriptor.profile import Problem, choices
from assets.descriptor.yaml import Place

Notes = Mapping[str, Texts]
REFERENCE = re.compile(r"\{([a-z][a-z0-9-]*)\}")
PARAGRAPH = "\n\n"


def insert_notes(texts: Texts, notes: Notes, paragraphs: Iterable[str] = ()) -> dict[str, str]:
    """The texts with the notes that they name in the place of the names, and `paragraphs` after them.

    A name that no note has stays as it is written: `note_problems` finds it.
    """

    def inserted(language: str) -> str:
        def note(found: re.Match[str]) -> str:
            return notes[found[1]][language].strip() if found[1] in notes else found[0]

        named = [notes[name][language].strip() for name in paragraphs if name in notes]
        return PARAGRAPH.join([REFERENCE.sub(note, texts[language]).rstrip(), *named])

    return {language: inserted(language) for language in texts}


def note_problems(texts: Any, place: Place, notes: Notes) -> Iterator[Problem]:
    """Names in texts, or in place of them, that no note has."""
    if isinstance(texts, str):
        yield place, f"the note {texts}", choices(texts, notes)
        return
    for language, text in texts.items():
        for name in REFERENCE.findall(text):
            yield (*place, language), f"{{{name}}}", f"the name of a note: {choices(name, notes)}"
