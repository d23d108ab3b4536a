"""LaTeX symbols and units of columns as simple HTML: sub- and superscripts, Greek letters, common functions and signs."""

# ruff: noqa: RUF001, RUF002 - these signs are meant

from __future__ import annotations

import re
from html import escape

_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi", "omicron"),
    *("pi", "rho", "sigmaf", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
#: Commands and what they look like.
SIGNS = {
    **{name: chr(0x3B1 + place) for place, name in enumerate(_GREEK)},
    **{name.capitalize(): chr(0x391 + place) for place, name in enumerate(_GREEK) if name != "sigmaf"},
    **{"varepsilon": "ε", "vartheta": "ϑ", "varphi": "φ", "varrho": "ϱ", "ell": "ℓ", "hbar": "ħ", "partial": "∂", "nabla": "∇"},
    **{"cdot": "·", "times": "×", "pm": "±", "mp": "∓", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "approx": "≈", "sim": "~"},
    **{"infty": "∞", "to": "→", "rightarrow": "→", "odot": "⊙", "circ": "°", "deg": "°", "prime": "′", "int": "∫", "sum": "∑"},
    **{"in": "∈", "neq": "≠", "propto": "∝", "langle": "⟨", "rangle": "⟩", "dagger": "†", "perp": "⊥", "parallel": "∥"},
    **{
        ",": " ",
        ";": " ",
        ":": " ",
        " ": " ",
        "!": "",
        "quad": " ",
        "left": "",
        "right": "",
        "{": "{",
        "}": "}",
        "%": "%",
        "$": "$",
        "_": "_",
    },
}
#: Commands whose argument is set upright, or marked.
_UPRIGHT = ("mathrm", "text", "textrm", "operatorname", "rm", "mathsf", "mathbf")
_MARKS = {"bar": "\u0304", "overline": "\u0304", "hat": "\u0302", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307"}
#: Longer texts are no symbols.
_LONGEST = 200
_TOKEN = re.compile(r"\\([A-Za-z]+) ?|\\(.)|([_^{}])|([^\\_^{}])", re.DOTALL)
_EXPONENT = re.compile(r"(?<=[A-Za-z)])(?:\*\*|\^)?(?:\((-?\d+(?:\.\d+)?)\)|\{(-?\d+(?:\.\d+)?)\}|(-?\d+(?:\.\d+)?))")


def symbol(latex: str) -> str:
    r"""Return a symbol as HTML.

    >>> symbol(r"E_{\nu}"), symbol(r"A_{\mathrm{eff}}")
    ('<i>E</i><sub>ν</sub>', '<i>A</i><sub>eff</sub>')
    """
    latex = latex.strip().strip("$")
    return escape(latex) if len(latex) > _LONGEST else _Setter(latex).row(upright=False)


def unit(text: str) -> str:
    """Return a unit as HTML: exponents are raised.

    >>> unit("GeV-1 m-2 s-1")
    'GeV<sup>−1</sup> m<sup>−2</sup> s<sup>−1</sup>'
    """
    raised = _EXPONENT.sub(lambda found: f"<sup>{(found[1] or found[2] or found[3]).replace('-', '−')}</sup>", escape(text))
    return raised.replace("**", "^")


class _Setter:
    """Reads the tokens of a symbol one by one."""

    def __init__(self, latex: str) -> None:
        self.tokens = list(_TOKEN.finditer(latex))
        self.place = 0

    def row(self, *, upright: bool) -> str:
        """Everything up to the closing brace."""
        parts = []
        while self.place < len(self.tokens) and self.tokens[self.place][3] != "}":
            parts.append(self.one(upright=upright))
        self.place += 1
        return "".join(parts)

    def one(self, *, upright: bool) -> str:
        """One token with its argument."""
        if self.place >= len(self.tokens):
            return ""
        token = self.tokens[self.place]
        self.place += 1
        if token[3]:
            return self.structure(token[3], upright=upright)
        if token[4]:
            letter = escape(token[4]).replace("-", "−")
            return f"<i>{letter}</i>" if token[4].isalpha() and not upright else letter
        return self.command(token[1] or token[2], upright=upright)

    def structure(self, sign: str, *, upright: bool) -> str:
        """A group, or what is lowered or raised."""
        if sign == "{":
            return self.row(upright=upright)
        if sign == "}":
            return ""
        kind = "sub" if sign == "_" else "sup"
        return f"<{kind}>{self.one(upright=upright)}</{kind}>"

    def command(self, name: str, *, upright: bool) -> str:
        """A command; functions such as cos, and those that are not known, stand as upright words."""
        if name in _UPRIGHT:
            return self.one(upright=True)
        if name in _MARKS:
            inner = self.one(upright=upright)
            return inner.replace("</i>", f"{_MARKS[name]}</i>", 1) if "</i>" in inner else f"{inner}{_MARKS[name]}"
        if name == "frac":
            return f"{self.one(upright=upright)}/{self.one(upright=upright)}"
        if name == "sqrt":
            return f"√({self.one(upright=upright)})"
        if name in SIGNS:
            return escape(SIGNS[name])
        return f"{escape(name)} "
