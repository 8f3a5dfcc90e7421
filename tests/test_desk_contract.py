"""The OpenAPI document is true: whatever is asked, the answer is one that it describes, and no fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from desk_examples import make_app, make_store
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

pytestmark = pytest.mark.filterwarnings("default")  # of schemathesis and its own libraries

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.allow_header_conformance,
    checks.unsupported_method,
    checks.negative_data_rejection,
]


def known_values(app: Any) -> dict[str, str]:
    """Values that mean something in the demo storyline, by the name of the parameter."""
    with app.state.desk.store() as store:
        [event] = store.events(pair=("USA", "COL"), limit=1)
        [story] = store.stories(pair=("USA", "COL"), limit=1)
    return {
        "pair": "USA,COL",
        "one": "USA",
        "other": "COL",
        "party": "COL",
        "actor": "USA",
        "recipient": "COL",
        "q": "Petro",
        "as_of": "2026-01-08",
        "from": "2025-01-01",
        "to": "2026-01-08",
        "speaker": "petro",
        "text": "Colombia",
        "horizon": "90",
        "events": event.id,
        "documents": event.document,
        "stories": story.id,
        "forecasts": "none",
    }


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document of a desk on the demo storyline, with the application behind it."""
    app = make_app(make_store(tmp_path_factory.mktemp("desk") / "demo.sqlite"))
    found = schemathesis.openapi.from_dict(app.openapi())
    found.app = app
    yield found
    app.state.bench.close()
    app.state.desk.close()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_question_gets_an_answer_that_the_document_does_not_describe(
    document: Any, mode: GenerationMode
) -> None:
    answers: Counter[int] = Counter()
    known = known_values(document.app)
    for found in document.get_all_operations():
        operation = found.ok()
        takes = operation.path_parameters or operation.query or operation.body
        if mode is GenerationMode.NEGATIVE and not takes:
            continue  # where nothing is asked, nothing can be asked wrongly

        @settings(
            max_examples=20,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), sensible=st.booleans())
        def ask(case: Any, sensible: bool) -> None:
            if sensible and mode is GenerationMode.POSITIVE:
                # Drawn values name no country and no act; with known ones the answers have content.
                for values in (case.path_parameters or {}, case.query or {}):
                    values.update({name: known[name] for name in values if name in known})
                if "id" in (case.path_parameters or {}):
                    case.path_parameters["id"] = known.get(case.path.split("/")[3], "none")
                (case.query or {}).pop("cursor", None)
            response = case.call_and_validate(
                headers={**dict(case.headers or {}), "Host": "127.0.0.1"}, checks=CHECKS
            )
            answers[response.status_code] += 1

        ask()
    expected = 200 if mode is GenerationMode.POSITIVE else 422
    assert answers[expected] > 50, answers
