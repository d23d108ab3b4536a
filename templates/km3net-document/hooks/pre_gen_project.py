"""Refuses answers that would be findings, before anything is made."""

import json
import sys
from datetime import date

ANSWERS = json.loads(r'{{ cookiecutter|tojson }}')


def is_orcid(text: str) -> bool:
    """Whether form and check digit (ISO 7064 MOD 11-2) are right."""
    digits = text.replace("-", "")
    if not digits.isascii() or text[4::5] != "---" or len(digits) != 16 or not digits[:-1].isdecimal():
        return False
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return digits[-1] == "0123456789X"[(12 - total % 11) % 11]


def is_day(text: str) -> bool:
    """Whether it is a day such as 2026-11-22."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


faults = [f"{question}: It must not be empty." for question in ("title", "description") if not ANSWERS[question].strip()]
orcid, day = ANSWERS["author_orcid"].replace("https://orcid.org/", ""), ANSWERS["date"]
if orcid and not is_orcid(orcid):
    faults.append("author_orcid: It is no ORCID: copy it from your page at https://orcid.org.")
if day and not is_day(day):
    faults.append("date: It is no day: write it as 2026-11-22, or leave it empty for today.")
if faults:
    sys.exit("\n".join(faults))
