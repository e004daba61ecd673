"""`/healthz` says whether there is a tree to serve."""

import asyncio
from pathlib import Path

import httpx

from orchestration.serving.app import build_app


def ask_health(out: Path) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(build_app(out))
        async with httpx.AsyncClient(transport=transport, base_url="http://tree") as client:
            return await client.get("/healthz")

    return asyncio.run(ask())


def test_good_with_a_package_and_a_catalogue_and_not_without(tmp_path: Path) -> None:
    assert ask_health(tmp_path).status_code == 503
    release = tmp_path / "made" / "1.0.0"
    release.mkdir(parents=True)
    (release / "datapackage.json").write_text("{}")
    answer = ask_health(tmp_path)
    assert (answer.status_code, answer.json()) == (503, {"status": "no published tree", "packages": 1})
    (tmp_path / "catalog.ttl").write_text("")
    answer = ask_health(tmp_path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "packages": 1})
    assert answer.headers["cache-control"] == "no-store"
