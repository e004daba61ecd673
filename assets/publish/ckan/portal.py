"""A CKAN portal behind its action API, through ckanapi: requests, writes, and one-line errors.

The key is sent to the portal and shown nowhere, not even where the portal's own words repeat it. What is
written belongs to `changes`.
"""

import ast
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import requests
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, ServerIncompatibleError, ValidationError

from assets.descriptor import LANGUAGES
from assets.errors import PortalError, RefusedError
from assets.publish.ckan.changes import Call
from assets.publish.ckan.dictionaries import Settings

TIMEOUT = (
    10,
    300,
)  # seconds to connect, and to wait for an answer: an upload is stored before it is answered


def open_portal(url: str, key: str | None, agent: str) -> RemoteCKAN:
    """The portal at `url`; nothing is asked yet."""
    session = requests.Session()
    session.trust_env = True  # proxies and certificates as everywhere
    session.auth = keep_headers  # else a .netrc would put its own name in the place of the key
    return RemoteCKAN(url, apikey=key or None, user_agent=agent, session=session)


def keep_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that adds nothing."""
    return request


def call_action(portal: RemoteCKAN, action: str, **data: Any) -> Any:
    """The result of an action that reads. Raises `NotFound`, and `PortalError` for every other refusal."""
    return _call(portal, action, data, None, "")


def write(portal: RemoteCKAN, call: Call, name: str) -> Any:
    """Makes a call that writes to the dataset `name`.

    Raises `RefusedError` where its content is not taken, and `PortalError`.
    """
    try:
        return _call(portal, call.action, call.data, call, name)
    except NotFound as error:
        raise RefusedError(
            f"{name}: {call.action}: the portal does not find it ({flat(str(error), portal.apikey or '')})"
        ) from error


def _call(portal: RemoteCKAN, action: str, data: Mapping[str, Any], call: Call | None, name: str) -> Any:
    where = f"{name}: {action}" if name else action
    key = portal.apikey or ""
    try:
        with ExitStack() as stack:
            files = None
            if call and call.upload:
                files = {"upload": (call.upload.name, stack.enter_context(call.upload.open("rb")))}
            return portal.call_action(action, dict(data), files=files, requests_kwargs={"timeout": TIMEOUT})
    except NotFound:
        raise
    except ValidationError as error:
        raise RefusedError(f"{where}: the portal does not take it: {flat(error.error_dict, key)}") from error
    except NotAuthorized as error:
        detail = flat(error.extra_msg, key) if error.extra_msg else "not authorised"
        raise PortalError(
            f"{where}: {portal.address} refuses ({detail}); INNOREGIO_CKAN_KEY must be a key that may do this"
        ) from error
    except (ServerIncompatibleError, CKANAPIError) as error:
        raise PortalError(f"{where}: {portal.address} {strange_answer(error, key)}") from error
    except requests.RequestException as error:
        raise PortalError(f"{where}: {portal.address} {network_fault(error)}") from error


def flat(answer: Any, secret: str = "") -> str:
    """What an error dictionary of CKAN says, in one line, with `***` in the place of the secret."""
    if isinstance(answer, Mapping):
        parts = [
            f"{key}: {flat(value, secret)}" if key != "message" else flat(value, secret)
            for key, value in answer.items()
            if key != "__type" and value not in ({}, [], "")
        ]
        return "; ".join(part for part in parts if part)
    if isinstance(answer, (list, tuple)):
        return ", ".join(part for part in (flat(item, secret) for item in answer) if part)
    text = str(answer).replace(secret, "***") if secret else str(answer)
    return " ".join(text.split())[:300]


def strange_answer(error: Exception, secret: str) -> str:
    """What is wrong with an answer that is not one of CKAN's."""
    try:
        _, status, _ = ast.literal_eval(str(error))  # so ckanapi reports what it does not know
    except (ValueError, SyntaxError, TypeError):
        return f"answers what is no answer of CKAN ({flat(str(error), secret)})"
    if status in (301, 302, 303, 307, 308):
        return "leads to another address; give that one"
    if status in (429, 500, 502, 503, 504):
        return f"cannot answer now (HTTP status {status}); push again later, what is done is not done twice"
    return f"is no CKAN portal: HTTP status {status}, and no answer of the action API"


def network_fault(error: requests.RequestException) -> str:
    """Why no answer came."""
    if isinstance(error, requests.exceptions.SSLError):
        return "has a certificate that cannot be trusted"
    if isinstance(error, requests.Timeout):
        return "did not answer in time; try again later, what is done is not done twice"
    if isinstance(error, requests.ConnectionError):
        return "cannot be reached, or broke off; try again later, what is done is not done twice"
    return f"cannot be asked ({type(error).__name__})"


def show_dataset(portal: RemoteCKAN, name: str) -> dict[str, Any] | None:
    """The dataset as the portal has it; None when it has none."""
    try:
        return dict(call_action(portal, "package_show", id=name))
    except NotFound:
        return None


def read_portal_settings(portal: RemoteCKAN, prefix: str) -> Settings:
    """What of the portal the dictionaries depend on: its language, its licences, the fields of its schema."""
    try:
        status = call_action(portal, "status_show")
        licences = frozenset(str(licence["id"]) for licence in call_action(portal, "license_list"))
        fields: frozenset[str] = frozenset()
        if "scheming_datasets" in (status.get("extensions") or []):
            schema = call_action(portal, "scheming_dataset_schema_show", type="dataset")
            fields = frozenset(field["field_name"] for field in schema["dataset_fields"])
        language = str(status.get("locale_default") or "en").split("_")[0]
    except (NotFound, AttributeError, KeyError, TypeError) as error:
        raise PortalError(f"{portal.address} is no CKAN portal: no answer of the action API") from error
    return Settings(language if language in LANGUAGES else "en", licences, fields, prefix)


def find_owner(portal: RemoteCKAN) -> str | None:
    """The organisation that the key may make datasets in, when it is one; None when there is none.

    Raises `PortalError` when there are several.
    """
    found = sorted(
        str(organisation["name"])
        for organisation in call_action(portal, "organization_list_for_user", permission="create_dataset")
    )
    if len(found) > 1:
        raise PortalError(
            f"the key may publish for several organisations; name one with --organisation: {', '.join(found)}"
        )
    return found[0] if found else None


def check_address(url: str) -> str | None:
    """What is wrong with the address of a portal; None when nothing is."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        return "is no address of a portal; give one like https://data.example.org/"
    if parts.username is not None or parts.password is not None:
        return "holds a user name or password; the key belongs into INNOREGIO_CKAN_KEY"
    return None
