"""The wording check: does a brief say how likely, by when and how sure in the words of the scale, and only there?

It reads English and French, advises, and blocks nothing. Rules, sources and how well it does:
docs/estimative-language.md.
"""

from briefs.estimative.checking import LANGUAGES, check_wording
from briefs.estimative.findings import Claim, Finding, Parts, Report, Rule, Severity

__all__ = [
    "LANGUAGES",
    "Claim",
    "Finding",
    "Parts",
    "Report",
    "Rule",
    "Severity",
    "check_wording",
]
