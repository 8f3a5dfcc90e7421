"""A brief as linked data: its lines as schema.org claims that cite the acts, which cite the articles."""

from __future__ import annotations

import json
from typing import Any

from detente.briefs.reports import Report
from detente.formats.jsonld import CONTEXT, activity, annotation, article, event_node

__all__ = ["jsonld"]


def jsonld(report: Report) -> str:
    """The brief as one JSON-LD graph: the report, its lines, then acts, annotations and articles.

    Each line is a part of the report and `schema:citation` names its acts; the words of an act are a Web
    Annotation with its span. Lines that were dropped are not in it, for they are not supported.

    >>> from datetime import date
    >>> made = json.loads(jsonld(Report(("COL", "USA"), date(2026, 1, 8), (), title="Brief")))
    >>> made["@graph"][0]["schema:name"]
    'Brief'
    """
    name = f"urn:detente:brief:{report.scope}:{'-'.join(report.parties) or 'all'}:{report.as_of.isoformat()}"
    lines: list[dict[str, Any]] = []
    for number, line in enumerate(report.lines, start=1):
        lines.append(
            {
                "id": f"{name}#{number}",
                "type": "schema:Claim",
                "schema:text": line.text,
                "schema:articleSection": line.section,
                "schema:isPartOf": {"id": name},
                "schema:citation": [{"id": f"urn:detente:event:{i}"} for i in line.events],
                "prov:wasDerivedFrom": [{"id": f"urn:detente:event:{i}"} for i in line.events],
            }
        )
    graph: list[dict[str, Any]] = [
        {
            "id": name,
            "type": ["schema:Report", "prov:Entity"],
            "schema:name": report.title,
            "schema:inLanguage": "en",
            "schema:temporalCoverage": f"../{report.as_of.isoformat()}",
            "schema:about": [{"type": "schema:Country", "schema:identifier": c} for c in report.parties],
            "schema:hasPart": [{"id": line["id"]} for line in lines],
        },
        *lines,
    ]
    shown = [
        report.events[i]
        for i in dict.fromkeys(i for x in report.lines for i in x.events)
        if i in report.events
    ]
    for coder in dict.fromkeys(event.coder for event in shown):
        graph += activity(coder)
    for document in dict.fromkeys(event.document for event in shown):
        if document in report.documents:
            graph.append(article(report.documents[document]))
    for event in shown:
        graph += [event_node(event), annotation(event, report.documents.get(event.document))]
    return json.dumps({"@context": list(CONTEXT), "@graph": graph}, ensure_ascii=False, indent=1) + "\n"
