"""A small published tree, made for the tests, with everything beside it that must not be served."""

import json
import os
from pathlib import Path

FILES = {
    "index.html": "<!doctype html><title>start</title>",
    "404.html": "<!doctype html><title>nothing here</title>",
    "fi/index.html": "<!doctype html><title>alku</title>",
    "fi/search.json": "[]",
    "fi/dataset/made.html": "<!doctype html><title>tehty</title>",
    "sv/dataset/made.html": "<!doctype html><title>gjord</title>",
    "en/dataset/made.html": "<!doctype html><title>made</title>",
    "site/style.css": "body { color: black }",
    "site/search.js": "'use strict'",
    "site/icon.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "catalog.ttl": "<a> <b> 'ä' .",
    "catalog.rdf": "<rdf/>",
    "catalog.jsonld": "{}",
    "feed.atom": "<feed/>",
    "sitemap.xml": "<urlset/>",
    "robots.txt": "User-agent: *",
    "made/made.csv": "geo,obs_value\r\nFI,1\r\n" * 500,
    "made/made.parquet": "PAR1" + "0123456789" * 1000 + "PAR1",
    "made/made.xlsx": "PK",
    "made/README.md": "# Made",
    "made/1.0.0/made.csv": "geo,obs_value\r\nFI,1\r\n" * 500,
    "made/1.0.0/made.parquet": "PAR1" + "0123456789" * 1000 + "PAR1",
    # what a run keeps there for itself, or has not finished
    ".innoregio.lock": "",
    ".site.json": "{}",
    "made/.made.csv.tmp": "geo,obs_va",
    ".git/config": "[core]",
    "made/1.1.0/made.csv": "geo,obs_va",
}
HIDDEN = [path for path in FILES if path.startswith(".") or "/." in path] + ["made/1.1.0/made.csv"]


def make_tree(folder: Path) -> Path:
    """The tree in `folder/public`, with a secret beside it and links that lead to the secret."""
    out = folder / "public"
    for path, text in FILES.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(text.encode())
    descriptor = json.dumps(
        {"name": "made", "version": "1.0.0", "resources": [], "innoregio:themes": ["TECH"]}
    )
    for path in ("made/datapackage.json", "made/1.0.0/datapackage.json"):
        (out / path).write_text(descriptor)
    (folder / "secret.csv").write_text("a secret")
    (folder / "outside").mkdir()
    (folder / "outside" / "secret.csv").write_text("a secret")
    (out / "made" / "link.csv").symlink_to(folder / "secret.csv")
    (out / "linked").symlink_to(folder / "outside")
    os.mkfifo(out / "made" / "pipe.csv")
    return out
