"""The JSON API under /api/v1: what another program talks to.

Routes are plain functions that run in threads, and write their answers themselves; the shapes in
`shapes` are for the OpenAPI document, which tests hold the answers against.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from detente.desk.api import coding, corrections, documents, events, exports, forecasts, pairs, status
from detente.desk.api.shapes import ProblemShape
from detente.desk.api.values import BASE
from detente.desk.problems import MEDIA_TYPE

__all__ = ["DESCRIPTION", "ROUTERS", "document", "router"]

ROUTERS: tuple[APIRouter, ...] = (
    status.router,
    documents.router,
    events.router,
    pairs.router,
    forecasts.router,
    exports.router,
    coding.router,
    corrections.router,
)
"""The routers of the API, each without a prefix; a module with more of them is added here."""

DESCRIPTION = """Who did what to whom, when, who says so, in which words.

Every act carries its evidence: the document, the place in its text, and the words. `as_of` asks what
was known on a day: nothing published later is used or shown. Lists come in pages; send `next` as
`cursor` for the page after. Whatever goes wrong looks like `Problem`, and `todo` says what to do about
it. Texts of articles come as they were published: show them as text, never as HTML.
"""

router = APIRouter()
for _each in ROUTERS:
    router.include_router(_each, prefix=BASE)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application, made once.

    Every answer that is no success is a `Problem`; FastAPI would describe those that it makes itself in
    a shape that we do not use.
    """
    if app.openapi_schema is not None:
        return app.openapi_schema
    made = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
    )
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = ProblemShape.model_json_schema()
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    token = {"type": "http", "scheme": "bearer", "description": "A token of `detente token make`."}
    made["components"]["securitySchemes"] = {"token": token}
    made["security"] = [{}, {"token": []}]
    for path in made["paths"].values():
        for operation in path.values():
            for code, told in operation["responses"].items():
                if int(code) >= 400:
                    told["content"] = problem
                elif code == "304":
                    told.pop("content", None)
                else:
                    tag = {"schema": {"type": "string"}, "description": "Send it as If-None-Match."}
                    if "get" in path and operation is path["get"]:
                        told.setdefault("headers", {})["ETag"] = tag
    app.openapi_schema = made
    return made
