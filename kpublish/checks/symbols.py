"""Symbols of columns: what matplotlib's mathtext draws (https://matplotlib.org/stable/users/explain/text/mathtext.html)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from kpublish.checks import Rule
from kpublish.checks.table import meta_at
from kpublish.model.finding import Fault, Severity
from kpublish.model.project import Project

CODE = "SYM"

#: What mathtext draws without doubt: letters, digits, scripts, and commands of this list.
_COMMON = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau
    upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega mathrm mathit mathbf mathcal
    text sin cos tan log ln exp sqrt frac bar hat tilde vec dot times cdot pm mp leq geq approx sim infty partial nabla odot
    oplus prime left right langle rangle rm it bf quad"""
_COMMANDS = frozenset(_COMMON.split())
_PLAIN = re.compile(r"(?:\\[A-Za-z]+|\\[,;:! %#&_{}]|[A-Za-z0-9 .,;:+\-*/=()<>|'^_{}\[\]])*")


class SYM01(Rule):
    """A symbol cannot be drawn.

    Labels of axes are made of symbols; with a broken one the figure cannot be drawn.
    """

    severity = Severity.ERROR

    def check(self, project: Project) -> Iterator[Fault]:
        r"""Write what matplotlib's mathtext knows: E_{\nu}, \mathrm{d}N/\mathrm{d}E; no macros of your own."""
        for table in project.tables:
            for number, parameter in enumerate(table.parameters):
                symbol = parameter.symbol or ""
                if symbol and "$" not in symbol and (why := undrawable(symbol)):
                    where = meta_at(table, number, "symbol", len(symbol))
                    yield Fault(where, f"The symbol {symbol!r} cannot be drawn: {why}.")


@cache
def undrawable(symbol: str) -> str:
    r"""Return why mathtext does not draw a symbol; empty, if it does, or if that is not known without matplotlib.

    >>> undrawable(r"E_{\nu}"), undrawable(r"E_{\nu")
    ('', 'a brace is not closed')
    """
    bare = re.sub(r"\\[{}]", "", symbol)
    if bare.count("{") != bare.count("}"):
        return "a brace is not closed" if bare.count("{") > bare.count("}") else "a brace is not opened"
    if (
        _PLAIN.fullmatch(symbol)
        and set(re.findall(r"\\([A-Za-z]+)", symbol)) <= _COMMANDS
        and not re.search(r"[_^]\s*(?:[_^]|$)", symbol)
    ):
        return ""
    try:
        from matplotlib.mathtext import MathTextParser
    except ImportError:
        return ""
    try:
        MathTextParser("path").parse(f"${symbol}$")
    except ValueError as error:
        return str(error).strip().splitlines()[-1].rpartition("Exception: ")[2].partition(", found")[0] or "it is not understood"
    return ""
