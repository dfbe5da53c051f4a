"""Templates and the facts they may use: Jinja2 in a sandbox, undefined names an error, one phrasing among several.

A template is a text with paragraphs. Lines of one paragraph flow together; the last paragraph (parting and name) and
values of several lines keep their breaks. ``{{ one_of("…", "…") }}`` chooses a phrasing, always the same for one letter.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from agent.core.lexicon import LANGUAGES
from agent.core.writing.wording import shuffled

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

PURPOSES = ("thank_you", "follow_up_1", "follow_up_2")
MAX_LETTER = 20_000  # characters; a template that makes more is broken
_KEPT_BREAK = "\u2028"
_SENTENCES = re.compile(r"[.?!;:]\s")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a template may say. Every word may be empty: the sentence is then built without it.

    ``at``: "at Tidewater"; ``about``: "the Product Analyst role at Tidewater"; ``date``: the interview's day in words; ``promised``: "by Friday,
    March 6", quoted only where it was clear and has passed; ``promised_by_reader``: this person said so, on the day
    ``said``; ``holding``: the day of their last "we are not there yet"; ``away``: the day they came back to the office;
    ``missed``: the user's last letter met an automatic reply; ``elsewhere``: the reader is an agency, the employer is
    somebody else; ``met``: the reader is known to have been in the interview; ``attached``: number of files; ``note``: a
    whole sentence; ``formal``: Sie, vous, usted; ``closing``: parting, name and signature; ``held``: the interview's day
    with its preposition ("on Tuesday"), empty where it is better left out.
    """

    greeting: str
    closing: str
    position: str = ""
    company: str = ""
    at: str = ""
    about: str = ""
    date: str = ""
    promised: str = ""
    promised_by_reader: bool = False
    said: str = ""
    holding: str = ""
    away: str = ""
    missed: bool = False
    elsewhere: bool = False
    met: bool = False
    poor: bool = False
    attached: int = 0
    note: str = ""
    formal: bool = True
    step: int = 1
    held: str = ""


class TemplateProblem(ValueError):
    """A template that cannot be rendered; the message names the template and the line."""


@cache
def built_in() -> Mapping[str, str]:
    """Every template that comes with the program: ``follow_up_1.en.j2`` → its text."""
    found = {}
    for language in LANGUAGES:
        for purpose in PURPOSES:
            path = files("agent.core.templates") / language / f"{purpose}.j2"
            if path.is_file():
                found[f"{purpose}.{language}.j2"] = path.read_text(encoding="utf-8")
    return found


def templates(own: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """The names of all templates, built-in and the user's own."""
    return tuple(sorted({*built_in(), *(own or {})}))


def template_name(purpose: str, language: str, own: Mapping[str, str]) -> str:
    """The template for a purpose in a language (the user's own first); English where the language has none."""
    name = f"{purpose}.{language}.j2"
    return name if name in own or name in built_in() else f"{purpose}.en.j2"


def render(name: str, facts: Facts, own: Mapping[str, str], *, seed: str) -> str:
    """The letter's text. Raises TemplateProblem, naming the line, if the template is wrong."""
    from jinja2 import TemplateError

    source = own.get(name) or built_in()[name]
    try:
        raw = _compiled(source).render(**_values(facts), one_of=_Chooser(seed, facts.note))
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
        raise TemplateProblem(f"{name}:{_line_of(error)}: {_reason(error)}") from error
    if len(raw) > MAX_LETTER:
        raise TemplateProblem(f"{name}:1: the letter would be longer than {MAX_LETTER} characters")
    return _flow(raw)


class _Chooser:
    """``one_of`` of one letter: each use draws for itself, the same every time, and repeats no turn of phrase.

    Of the options in their drawn order it takes the first that shares least with what the letter has said so far: no
    second "Thank you …", no "where things stand" twice, no two sentences in a row that begin with "I".
    """

    def __init__(self, seed: str, said: str = "") -> None:
        self._seed, self._uses, self._begun = seed, 0, ""
        self._said = set(_turns(said))

    def __call__(self, *options: str) -> str:
        self._uses += 1
        taken = min(shuffled(options, f"{self._seed}#{self._uses}"), key=self._repeated)
        self._said |= set(_turns(str(taken)))
        begun = _beginnings(str(taken))
        self._begun = begun[-1][0] if begun else self._begun
        return taken

    def _repeated(self, option: str) -> int:
        turns, begun = _turns(str(option)), _beginnings(str(option))
        return len(self._said.intersection(turns)) + (bool(begun) and begun[0][0] == self._begun)


def _turns(text: str) -> list[tuple[str, ...]]:
    """What would be noticed if it came twice in a letter: three words in a row, and the first two of a sentence."""
    found: list[tuple[str, ...]] = []
    for sentence in _SENTENCES.split(text):
        words = re.findall(r"\w+", sentence.casefold())
        found += (tuple(words[i : i + 3]) for i in range(len(words) - 2))
    begun = _beginnings(text)
    found += (("", *two) for two in begun if len(two) > 1)
    return found + [("", two[0][:5]) for two in begun if len(two[0]) >= 5]  # "Thank you …" and "Thanks …"


def _beginnings(text: str) -> list[list[str]]:
    """The first two words of each sentence; a piece that goes on (" and …", ", so …") begins none."""
    pieces = _SENTENCES.split(text)
    begun = pieces[1:] if text[:1] in {" ", ",", ".", ";"} else pieces
    words = (re.findall(r"\w+", piece.casefold())[:2] for piece in begun)
    return [two for two in words if two]


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.globals.clear()  # no range, no lipsum, no cycler: a letter needs none, and a loop could be endless
    return environment


@lru_cache(maxsize=64)
def _compiled(source: str) -> Any:
    return _environment().from_string(source)


def _values(facts: Facts) -> dict[str, Any]:
    """The facts as names; the breaks inside a value are marked, to be told from the template's own."""
    return {k: v.replace("\n", _KEPT_BREAK) if isinstance(v, str) else v for k, v in asdict(facts).items()}


def _flow(raw: str) -> str:
    paragraphs = [p.strip() for p in re.split(r"\n[ \t]*\n", raw.strip()) if p.strip()]
    flowed = [" ".join(p.split()) for p in paragraphs[:-1]] + paragraphs[-1:]
    text = "\n\n".join(p.replace(_KEPT_BREAK, "\n") for p in flowed)
    return re.sub(r"[ \t]+(\n|$)", r"\1", text).replace(" \u2028", "\n") + "\n"


def _line_of(error: BaseException) -> int:
    """The line in the template: a syntax error knows it, else the traceback's last frame inside the template."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    found = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return int(line or found)


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def to_html(text: str) -> str:
    """The same letter as Gmail's own editor would write it: one ``div`` a line, a ``br`` for an empty one."""
    lines = (
        f"<div>{_linked(line) if line.strip() else '<br>'}</div>" for line in text.rstrip("\n").split("\n")
    )
    return f'<div dir="ltr">{"".join(lines)}</div>'


def _linked(line: str) -> str:
    return html.escape(line, quote=False).replace("  ", " &nbsp;")


SAMPLE = {
    "en": Facts(
        greeting="Hi Maria,", closing="Best,\nJordan", position="Data Analyst", company="Northwind", at="at Northwind",
        about="the Data Analyst role at Northwind", date="Tuesday, March 3", held="on March 3", promised="by Friday, March 6", said="March 2",
        promised_by_reader=True, note="I also enjoyed our conversation about the article on tides.", formal=False,
    ),
    "de": Facts(
        greeting="Sehr geehrte Frau Lopez,", closing="Mit freundlichen Grüßen\nJordan Doe", position="Datenanalyst",
        company="Northwind", at="bei Northwind", about="die Stelle als Datenanalyst bei Northwind", date="Dienstag, den 3. März", held="am 3. März",
        promised="bis Freitag, den 6. März", said="2. März", promised_by_reader=True,
    ),
    "fr": Facts(
        greeting="Bonjour Madame Lopez,", closing="Bien cordialement,\nJordan Doe", position="Analyste",
        company="Northwind", at="chez Northwind", about="le poste d'Analyste chez Northwind", date="mardi 3 mars", held="du 3 mars",
        promised="d'ici au vendredi 6 mars", said="2 mars", promised_by_reader=True,
    ),
    "es": Facts(
        greeting="Hola, María:", closing="Un saludo,\nJordan", position="Analista", company="Northwind", at="en Northwind",
        about="el puesto de Analista en Northwind", date="martes 3 de marzo", held="del 3 de marzo", promised="para el viernes 6 de marzo", said="2 de marzo",
        promised_by_reader=True, formal=False,
    ),
}  # fmt: skip


def sample_facts(language: str) -> tuple[Facts, ...]:
    """Situations that ``check`` renders: much known, nothing known, an agency after an absence, a poor impression."""
    full = SAMPLE.get(language, SAMPLE["en"])
    bare = Facts(greeting=full.greeting, closing=full.closing, about=full.about, formal=full.formal)
    away = replace(
        bare, away=full.date, missed=True, elsewhere=True, company=full.company, at=full.at, step=2
    )
    poor = replace(full, promised="", holding=full.date, poor=True, attached=1, formal=not full.formal)
    return full, bare, away, poor
