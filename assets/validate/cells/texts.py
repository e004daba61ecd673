"""Exact readers of `string` in its formats, and of `any`.

A format is checked and the text kept as it is.
"""

import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID

from assets.validate.table_schema import FieldPlan

Check = Callable[[str], bool]


def any_reader(field: FieldPlan) -> Callable[[Any], Any]:
    """Reads every cell as it is."""
    return lambda cell: cell


def string_reader(field: FieldPlan) -> Callable[[Any], str | None]:
    """Reads `str` that the field's format allows; an unknown format allows all."""
    check = FORMATS.get(field.format)

    def read(cell: Any) -> str | None:
        if not isinstance(cell, str):
            return None
        return cell if check is None or check(cell) else None

    return read


def is_uri(text: str) -> bool:
    """RFC 3986, with a scheme."""
    from rfc3986 import exceptions, uri_reference, validators  # type: ignore[import-untyped]

    try:
        validators.Validator().require_presence_of("scheme").validate(uri_reference(text))
    except exceptions.ValidationError:
        return False
    return True


def is_email(text: str) -> bool:
    """An address as the package `validators` understands it."""
    import validators

    return validators.email(text) is True


def is_uuid(text: str) -> bool:
    """What Python's `UUID` reads: with or without hyphens, braces, `urn:uuid:`."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def is_binary(text: str) -> bool:
    """Base64 whose padding is right; other characters are passed over, as Python's decoder does."""
    try:
        base64.b64decode(text)
    except ValueError:
        return False
    return True


FORMATS: dict[str, Check] = {
    "uri": is_uri,
    "email": is_email,
    "uuid": is_uuid,
    "binary": is_binary,
}
