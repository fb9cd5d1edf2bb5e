"""When two customers are likely one."""

from salestrack.domain.names import fold

# What companies append to their names, as it stands in a folded name.
LEGAL_FORMS = (
    "gmbh", "ag", "kg", "ug", "ohg", "ltd", "limited", "inc", "llc", "llp", "corp", "corporation", "co", "company", "plc",
    "bv", "nv", "sarl", "sas", "sa", "srl", "spa", "oy", "ab", "as", "aps", "pty",
)  # fmt: skip


def bare(name: str) -> str:
    """Return a name without its legal form and without gaps: `Acme GmbH` and `ac-me` are both `acme`."""
    words = fold(name).split()
    if len(words) > 1 and words[-1] in LEGAL_FORMS:
        words = words[:-1]
    return "".join(words)
