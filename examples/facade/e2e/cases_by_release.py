"""As `cases.py`: what R4 and R5 have under other names, or mean otherwise."""

from __future__ import annotations

from archive import uid
from cases import BOTH, LENIENT, NONE, SCT, V2, Case, cases, untold

# Body sites, SNOMED CT.
HAND, HEAD, CHEST, BREAST, FOOT, ABDOMEN = "85562004", "69536005", "816094009", "76752008", "56459004", "818981001"

R4 = [
    # In R4 the accession number is an identifier, here one without system.
    *cases(
        "identifier",
        ("identifier=ACC-0001", "ct_sr"),
        ("identifier=acc-0001", "lower"),
        ("identifier=|ACC-0001", "ct_sr"),
        ("identifier=urn:other|ACC-0001", ""),
        ("identifier=ACC-0001,ACC-0002", "ct_sr mg"),
        (f"identifier=ACC-0001,urn:oid:{uid('mg')}", "ct_sr mg"),
        ("identifier=ACC-000", ""),
        ("identifier=X%5C,1", "comma"),
        ("identifier=X,1", "half"),
        ("identifier=M%26M", "amp"),
        ("identifier=AC*85", "star"),
        ("identifier=ACX85", "like"),
        ("identifier=A.b_c~d!e$f'g(h", "odd"),
        ("identifier=ACC-20240507-0000019", "long"),
        (f"identifier:of-type={V2}|ACSN|ACC-0005", "jp"),
        (f"identifier:of-type={V2}|MR|ACC-0005", ""),
        ("identifier:not=ACC-0001&started=2024-01-14", "mg"),
        # The number of the study has no system that anybody gave: it is not written, and not searched.
        ("identifier=SID-1", ""),
    ),
    *cases(
        "bodysite",
        (f"bodysite={SCT}|{HEAD}&started=2023-12-31", "head"),
        (f"bodysite={CHEST}&started=2024", "ct_sr lower"),
        # The report of ct_sr has no body part, and its row does not say so.
        (f"bodysite={BREAST}&started=2024", "mg", untold(1)),
        (f"bodysite={SCT}|{HAND},{SCT}|{FOOT}&started=2024", "jp de comma half amp long", untold(1)),
        (f"bodysite=urn:other|{HAND}&started=2024-02-29", ""),
        (f"bodysite:not={HAND}&started=2024-05", "star like lower"),
        ("bodysite:text=kne&started=2024-06", "knee"),
        ("bodysite:missing=false&started=2024-01-14", "ct_sr mg"),
        ("bodysite:missing=true&started=2024-05", ""),
        (f"bodysite={ABDOMEN}&patient.identifier=MRN-1001", "us", untold(1)),
        (f"body-site={HAND}&started=2024-02-29", "jp", LENIENT),
    ),
    *cases(
        "interpreter",
        ("interpreter.name=kos&started=2024-01-14", "ct_sr", untold(1)),
        ("interpreter.family=kos&started=2024-01-14", "ct_sr", untold(1)),
        ("interpreter:missing=false&started=2024-01-14", "ct_sr", untold(1)),
    ),
    *cases(
        "basedon",
        ("basedon:identifier=RP-77&started=2024-01-14", "", untold(2)),
        ("basedon=ServiceRequest/77&started=2024-01-14", "", untold(2)),
        # No order is written that has an accession number: but a request might be numbered so.
        ("basedon:identifier=ACC-0001&started=2024-01-14", "", untold(2)),
        ("basedon=CarePlan/1&started=2024-01-14", "", NONE),
        ("based-on:identifier=RP-77&started=2024-01-14", "", {"untold": 2, "lenient": True}),
    ),
]

R5 = [
    # From R5 on the accession number is of the order.
    *cases("identifier", ("identifier=ACC-0001", ""), ("identifier:not=ACC-0001&started=2024-01-14", "ct_sr mg")),
    *cases(
        "body-site",
        (f"body-site={SCT}|{HEAD}&started=2023-12-31", "head"),
        (f"body-site={CHEST}&started=2024", "ct_sr lower"),
        (f"body-site={BREAST}&started=2024", "mg", untold(1)),
        (f"body-site:not={HAND}&started=2024-05", "star like lower"),
        # In R5 the text is the term as it was received.
        ("body-site:text=KNEE&started=2024-06", "knee"),
        (f"bodysite={HAND}&started=2024-02-29", "jp", LENIENT),
    ),
    *cases("body-structure", ("body-structure=BodyStructure/1&started=2024-01-14", "", NONE)),
    *cases(
        "based-on",
        ("based-on:identifier=ACC-0001&started=2024-01-14", "ct_sr", untold(1)),
        ("based-on=ServiceRequest/1&started=2024-01-14", "ct_sr", untold(1)),
        ("based-on.identifier=ACC-0001&started=2024-01-14", "ct_sr", untold(1)),
        ("basedon:identifier=ACC-0001&started=2024-01-14", "ct_sr", {"untold": 1, "lenient": True}),
    ),
]

OF_RELEASE = {"R4": BOTH + R4, "R5": BOTH + R5}


def of(release: str) -> list[Case]:
    """All cases of a release, parameter by parameter."""
    return sorted(OF_RELEASE[release], key=lambda case: case.parameter)
