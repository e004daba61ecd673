"""A small CKAN action API on the loopback interface: what of CKAN the push needs, with CKAN's own rules.

Made for the tests after the answers of CKAN 2.12, against which the same push was tried: names, tags, extras
and identifiers are validated as there, fields that CKAN does not know are dropped.
"""

import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a-key-that-nobody-may-see"
READS = ("status_show", "license_list", "organization_list_for_user", "package_show")
CORE = (
    "name",
    "title",
    "notes",
    "url",
    "version",
    "license_id",
    "author",
    "maintainer",
    "maintainer_email",
    "private",
)
OF_RESOURCE = ("url", "name", "description", "format", "mimetype", "hash", "size", "url_type")


class Refused(Exception):
    def __init__(self, status: int, kind: str, **told: Any) -> None:
        self.status, self.error = status, {"__type": kind, **told}


class Portal:
    """The portal's datasets, every call that was made, and what shall go wrong."""

    def __init__(self) -> None:
        self.datasets: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.organisations = ["lahti"]
        self.uploads: dict[str, bytes] = {}
        self.fail_at: int | None = None  # the write with this number breaks the connection after it is done
        self.broken: int | None = None  # every answer has this status and no JSON
        self.repeats_key = False  # refusals hold the key that they were asked with
        self.url = ""

    @property
    def writes(self) -> list[tuple[str, dict[str, Any]]]:
        return [call for call in self.calls if call[0] not in READS]

    def act(self, action: str, data: dict[str, Any], key: str | None, upload: bytes | None) -> Any:
        if action not in READS and key != KEY:
            raise Refused(403, "Authorization Error", message="Access denied: User not authorized")
        if action == "status_show":
            return {"locale_default": "fi", "ckan_version": "2.12.0", "extensions": []}
        if action == "license_list":
            return [{"id": "cc-by"}, {"id": "cc-zero"}]
        if action == "organization_list_for_user":
            return [{"name": name} for name in self.organisations]
        found = self.find(str(data.get("id")))
        if action == "package_show":
            return self.need(found)
        if action == "package_create":
            return self.save(data, {"id": str(uuid.uuid4()), "state": "active"})
        if action == "package_patch":
            return self.save({**self.need(found), **data}, self.need(found))
        assert action == "resource_patch"
        one = next((r for d in self.datasets.values() for r in d["resources"] if r["id"] == data["id"]), None)
        resource = self.need(one)
        resource.update({key: value for key, value in data.items() if key != "id"})
        if upload is not None:
            self.uploads[resource["id"]] = upload
            resource.update(url=f"{self.url}/download/{resource['id']}", url_type="upload", size=len(upload))
        return resource

    def find(self, key: str) -> dict[str, Any] | None:
        return next((one for one in self.datasets.values() if key in (one["id"], one["name"])), None)

    def need(self, found: dict[str, Any] | None) -> dict[str, Any]:
        if found is None:
            raise Refused(404, "Not Found Error", message="Not found")
        return found

    def save(self, data: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        wrong: dict[str, Any] = {}
        if not re.fullmatch(r"[a-z0-9_-]{2,100}", data.get("name", "")):
            wrong["name"] = ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]
        if before["id"] not in self.datasets and self.find(data["name"]):
            wrong["name"] = ["That URL is already in use."]
        if not data.get("owner_org"):
            wrong["owner_org"] = ["An organization must be provided"]
        tags = [one["name"] for one in data.get("tags", [])]
        if any(not re.fullmatch(r"[\w \-.]{2,100}", tag) for tag in tags) or len(set(tags)) < len(tags):
            wrong["tags"] = ["Tag can only contain alphanumeric characters, spaces, and these symbols: -_."]
        extras = {one["key"]: one["value"] for one in data.get("extras", [])}
        if len(extras) < len(data.get("extras", [])) or not all(isinstance(v, str) for v in extras.values()):
            wrong["extras"] = ["Duplicate key, or no text"]
        others = {r["id"] for d in self.datasets.values() if d["id"] != before["id"] for r in d["resources"]}
        ids = [one.get("id") for one in data.get("resources", [])]
        if others & set(ids) or len(set(ids)) < len(ids):
            wrong["resources"] = ["Resource id already exists."]
        if wrong:
            raise Refused(409, "Validation Error", **wrong)
        kept = {key: data.get(key) for key in CORE} | {"id": before["id"], "state": before["state"]}
        kept["owner_org"] = data["owner_org"]
        kept["tags"] = [{"name": tag, "display_name": tag, "vocabulary_id": None} for tag in sorted(tags)]
        kept["extras"] = [{"key": key, "value": extras[key]} for key in sorted(extras)]
        kept["resources"] = [
            dict.fromkeys(OF_RESOURCE) | {"state": "active", "position": place} | dict(one)
            for place, one in enumerate(data.get("resources", []))
        ]
        for one in kept["resources"]:
            one["hash"], one["url_type"] = one["hash"] or "", one["url_type"] or None
        self.datasets[before["id"]] = kept
        return kept


@contextmanager
def served_portal() -> Iterator[Portal]:
    """The portal on a free port."""
    portal = Portal()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            action, upload = self.path.rsplit("/", 1)[1], None
            kind = self.headers["Content-Type"]
            if kind.startswith("multipart/"):
                data = {}
                for part in message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).get_payload():
                    name, content = (
                        part.get_param("name", header="content-disposition"),
                        part.get_payload(decode=True),
                    )
                    if name == "upload":
                        upload = content
                    else:
                        data[name] = content.decode()
            else:
                data = json.loads(body)
            portal.calls.append((action, data))
            try:
                if portal.broken:
                    return self.answer(portal.broken, b"<html>sorry</html>")
                result = portal.act(action, data, self.headers["Authorization"], upload)
                status, told = 200, {"success": True, "result": result}
            except Refused as refused:
                heard = f" ({self.headers['Authorization']})" if portal.repeats_key else ""
                error = {name: f"{text}{heard}" for name, text in refused.error.items() if name != "__type"}
                error["__type"] = refused.error["__type"]
                status, told = refused.status, {"success": False, "error": error if heard else refused.error}
            if portal.fail_at is not None and len(portal.writes) == portal.fail_at and action not in READS:
                self.close_connection = True  # done, and no answer comes
                return None
            return self.answer(status, json.dumps(told).encode())

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    portal.url = f"http://127.0.0.1:{server.server_port}"
    yield portal
    server.shutdown()
