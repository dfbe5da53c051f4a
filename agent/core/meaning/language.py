"""Which language a text is written in, from its small words; honest silence where there are too few of them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

_SMALL_WORDS = {
    "en": """the and you your for with that this have has are was were will would can could should not but our from they
        what when where who how which there been about be is it of to we i i'm i'll i've we're we'll we've it's hi hello dear
        regards thanks thank please best sincerely cheers looking forward hope know let if or an at as by do does my me us
        yes works great see morning afternoon tuesday monday wednesday thursday friday am pm sorry just any still""",
    "de": """der die das und ist sind nicht mit für auf ein eine einen einem einer sie ihnen ihre ihren ihrer ihr wir uns unser
        unsere ich mich mir dich dir du haben hat wird werden wurde bei von vom zum zur im am als auch noch bitte danke vielen
        dank hallo sehr geehrte geehrter grüße grüßen freundlichen guten tag morgen gerne oder aber wenn dass daß nach über
        gespräch bewerbung können möchten würden freuen melden leider termin passt uhr liebe lieber viele herzliche moin
        schöne wie nur schon gut was gibts gibt dem wegen mal doch so ja nein alles hätte wäre könnte könnten montag dienstag mittwoch donnerstag freitag""",
    "fr": """le la les des une est sont nous vous votre vos notre avec pour dans sur pas plus avons avez par que qui je
        j'ai du au aux ce cette ces et ou mais bonjour bonsoir madame monsieur cordialement merci être été suis serait
        poste candidature entretien bien bonne journée cela ne se si en votre l'entretien d'une d'un c'est n'est qu'il
        sommes vôtre très disponible disponibilités mardi lundi mercredi jeudi vendredi à toujours encore salut ça tu te
        ton ta chère cher sincères salutations""",
    "es": """el la los las una con para por que del nos su sus tu te se más muy hemos han y o pero hola gracias saludo saludos
        buenos buenas días tardes estimado estimada es está estoy son fue ha he de en al lo le les me mi como cuando entrevista
        puesto usted ustedes nosotros esta este esto también sobre desde hasta sin ya si sí no un atentamente cordial quedo
        puedes podría podríamos gustaría perfecto vale genial lunes martes miércoles jueves viernes semana qué""",
    "it": """il lo gli della delle di che non per con una sono è siamo grazie buongiorno salve cordiali saluti lei suo sua
        colloquio nostro nostra questo questa anche molto alla dalla nella ci ho abbiamo gentile come più ancora""",
    "pt": """o os uma não com para você que em do da dos das nós obrigado obrigada olá bom dia entrevista vaga é são está
        seu sua muito também pelo pela ao à prezado prezada atenciosamente abraço mais foi temos""",
    "nl": """de het een en van ik je jij wij u uw niet met voor op aan is zijn heb hebben wordt bedankt hallo geachte beste
        groet vriendelijke sollicitatie gesprek dat dit ook nog naar bij maar als om te kunnen graag vacature""",
    "sv": """och att det som en ett är på för med inte jag du vi ni har kan ska tack hej vänliga hälsningar intervju tjänst om
        till från din er vår också""",
    "da": """og at det som en et er på for med ikke jeg du vi har kan skal tak hej venlig hilsen samtale stilling om til fra
        din jeres vores også af""",
    "pl": """i w na nie się że do to jest z dla oraz pan pani dziękuję dziękujemy dzień dobry pozdrawiam rozmowa rekrutacja
        stanowisko jak po za czy mamy""",
}  # fmt: skip
# Shared by several languages: they count half.
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
MAX_CHARACTERS = 3000
LEAST_HITS = 2.0
SECOND_LANGUAGE = 0.6


@cache
def _weights() -> dict[str, dict[str, float]]:
    words = {code: frozenset(text.split()) for code, text in _SMALL_WORDS.items()}
    shared = Counter(word for group in words.values() for word in group)
    weights: dict[str, dict[str, float]] = {}
    for code, group in words.items():
        for word in group:
            weights.setdefault(word, {})[code] = 1.0 if shared[word] == 1 else 1 / shared[word]
    return weights


def scores(text: str) -> dict[str, float]:
    """How many small words of each language the first 3,000 characters hold; shared words count in part."""
    found: dict[str, float] = {}
    weights = _weights()
    for word in _WORD.findall(text[:MAX_CHARACTERS].lower().replace("’", "'")):
        for code, weight in weights.get(word, {}).items():
            found[code] = found.get(code, 0.0) + weight
    return found


def spoken(text: str) -> tuple[str, ...]:
    """The languages a text is clearly written in, the first one most; none where it is too short to tell."""
    ranked = sorted(scores(text).items(), key=lambda pair: -pair[1])[:3]
    if not ranked or ranked[0][1] < LEAST_HITS:
        return ()
    best = ranked[0][1]
    if len(ranked) > 1 and ranked[1][1] > 0.85 * best and best < 6:
        return ()
    return tuple(code for code, score in ranked if score >= SECOND_LANGUAGE * best)


def detect(text: str) -> str:
    """ISO 639-1 code of the language, or "" where too few words tell it (ask the thread then)."""
    return next(iter(spoken(text)), "")
