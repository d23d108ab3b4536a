"""Stops where an answer is not possible and says what to write instead, before anything is made."""

import json
import re
import sys

SAID = json.loads(r'''{{ cookiecutter|tojson }}''')


def check_digit(orcid):
    """Return the last character that an ORCID must have (ISO 7064 mod 11-2)."""
    total = 0
    for digit in orcid[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return "X" if check == 10 else str(check)


def fault(key, pattern, remedy):
    """Return what to write instead of an answer, or nothing."""
    answer = SAID[key]
    if not re.fullmatch(pattern, answer):
        return remedy
    if key == "author_orcid" and answer:
        digits = answer.replace("https://orcid.org/", "").replace("-", "")
        return "" if digits[-1] == check_digit(digits) else f"The check digit is wrong. {remedy}"
    return ""


faults = {key: told for key, possible in SAID["_possible"].items() if (told := fault(key, *possible))}
for key, told in faults.items():
    print(f"{SAID[key]!r} is no possible answer for {key}. {told}", file=sys.stderr)
sys.exit(1 if faults else 0)
