"""Counts of the training text, written into the data card: `python -m training.counts`."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from training.read import HERE, pairs, passages

CARD = HERE / "DATA_CARD.md"
START, END = "<!-- counts -->", "<!-- /counts -->"

REGIONS = {
    "Europe and Russia": """
        ALB AND AUT BEL BGR BIH BLR CHE CYP CZE DEU DNK ESP EST FIN FRA GBR GRC GRL HRV HUN IRL ISL
        ITA LIE LTU LUX LVA MCO MDA MKD MLT MNE NLD NOR POL PRT ROU RUS SMR SRB SVK SVN SWE UKR VAT
        XKX
    """,
    "Americas": """
        ARG ATG BHS BLZ BOL BRA BRB CAN CHL COL CRI CUB DMA DOM ECU GRD GTM GUY HND HTI JAM KNA LCA
        MEX NIC PAN PER PRY SLV SUR TTO URY USA VCT VEN
    """,
    "Middle East and North Africa": """
        ARE BHR DZA EGY ESH IRN IRQ ISR JOR KWT LBN LBY MAR OMN PSE QAT SAU SYR TUN TUR YEM
    """,
    "Africa south of the Sahara": """
        AGO BDI BEN BFA BWA CAF CIV CMR COD COG COM CPV DJI ERI ETH GAB GHA GIN GMB GNB GNQ KEN LBR
        LSO MDG MLI MOZ MRT MUS MWI NAM NER NGA RWA SDN SEN SLE SOM SSD STP SWZ SYC TCD TGO TZA UGA
        ZAF ZMB ZWE
    """,
    "Caucasus, Central and South Asia": "AFG ARM AZE BGD BTN GEO IND KAZ KGZ LKA MDV NPL PAK TJK TKM UZB",
    "East Asia and Pacific": """
        AUS BRN CHN FJI FSM HKG IDN JPN KHM KIR KOR LAO MAC MHL MMR MNG MYS NRU NZL PHL PLW PNG PRK
        SGP SLB THA TLS TON TUV TWN VNM VUT WSM
    """,
    "organisations": "UNO EUR IGO NGO MNC",
}
REGION = {code: name for name, codes in REGIONS.items() for code in codes.split()}


def held_back(name: str) -> bool:
    """Whether a passage or sentence belongs to the held-back fifth."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0


def table(head: str, values: Iterable[str | None]) -> list[str]:
    """A Markdown table of how often each value occurs, the most frequent first."""
    counts = Counter(v or "not coded" for v in values)
    whole = sum(counts.values())
    rows = [f"| {k} | {n} | {100 * n / whole:.1f} % |" for k, n in counts.most_common()]
    return [f"| {head} | count | share |", "|---|---|---|", *rows, ""]


def lines() -> list[str]:
    """The section of the card."""
    texts, marked = list(passages()), list(pairs())
    acts = [a for p in texts for a in p.acts]
    spans = [(p, s) for p in texts for s in p.sentences]
    sizes = [len(p.text[a:b].split()) for p, (a, b) in spans]
    bare = sum(not any(s[0] <= a.start < s[1] for a in p.acts) for p, s in spans)
    several = sum(sum(s[0] <= a.start < s[1] for a in p.acts) > 1 for p, s in spans)
    two = sum(len(set(a.events)) > 1 for a in acts)
    out = [
        f"- Passages: {len(texts)} ({sum(held_back(p.id) for p in texts)} held back), "
        f"{len(spans)} sentences, {sum(sizes)} words ({sum(sizes) / len(sizes):.1f} a sentence; "
        f"{100 * sum(n > 28 for n in sizes) / len(sizes):.0f} % over 28 words).",
        f"- Acts: {len(acts)}; {100 * bare / len(spans):.0f} % of the sentences report none, "
        f"{100 * several / len(spans):.0f} % more than one; {100 * two / len(acts):.0f} % of the acts have "
        f"a second acceptable type, {100 * sum(a.symmetric for a in acts) / len(acts):.0f} % are done "
        f"together, {100 * sum(a.date is not None for a in acts) / len(acts):.0f} % are dated.",
        f"- Marked sentences: {len(marked)} ({sum(held_back(s.id) for s in marked)} held back), "
        f"{len({s.text for s in marked})} different texts.",
        "",
    ]
    for head, values in (
        ("act type (first)", [a.events[0] for a in acts]),
        ("act status", [a.status for a in acts]),
        ("act voice", [a.voice for a in acts]),
        ("passage style", [p.style for p in texts]),
        ("passage decade", [f"{p.published.year // 10 * 10}s" for p in texts]),
        (
            "region of an act's parties (each act once a region)",
            [r for a in acts for r in sorted({REGION.get(c, "other") for c in a.actor | a.recipient})],
        ),
        ("marked sentence type", [s.event for s in marked]),
        ("marked sentence status, without NONE", [s.status for s in marked if s.event != "NONE"]),
        ("passages by writer (file prefix)", [p.id.split("-")[0] for p in texts]),
    ):
        out += table(head, values)
    return out


def main(card: Path = CARD) -> None:
    """Write the section between its marks."""
    before, _, rest = card.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    card.write_text("\n".join([before + START, "", *lines(), END + after]), encoding="utf-8")


if __name__ == "__main__":
    main()
