"""French: the house's own terms (config/locale), and the words that take their place."""

import re

from briefs.estimative.lexicon import Lexicon, after, before, words
from briefs.likelihood import Likelihood as L

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_NUMBER = r"(?:\d{1,3}|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|trente|soixante|quatre-vingt-dix)"
_UNIT = "(?:heures|jours|semaines|mois|ans|années)"

# Endings of the simple future, third person. What else ends like it stands in _NO_FUTURE.
_NO_FUTURE = (
    "opéra|caméra|choléra|libéra|toléra|modéra|accéléra|tira|retira|attira|étira|vira|inspira|aspira|expira|respira"
    "|admira|conspira|livra|délivra|enivra|sevra|cadra|encadra|entra|montra|rencontra|affront|barra|serra|enterra"
    "|desserra|vibra|ouvra|manœuvra|empira|chavira|désira|déchira|dira-t-on|tiara|sahara"
)
_FUTURE = (
    rf"(?!(?:{_NO_FUTURE})(?!\w))\w{{0,24}}(?:er|ir|dr|vr|rr|ttr|aur|îtr|oir|uir|clur)(?:a|ont)"
)
_VERB = r"(?:se |s'|y |en |être |avoir )?\w{2,24}(?:er|ir|re|oir)"
_DEVRAIT = (
    r"(?:devrait|devraient) (?:se |s')?(?:poursuivre|continuer|augmenter|diminuer|rester|être|intensifier"
    r"|accroître|aggraver"
    r"|multiplier|étendre|reprendre|baisser|monter|durer|demeurer|persister|atteindre|toucher|connaître|entraîner"
    r"|dégrader|maintenir|rouvrir|fermer|avoir|tenir|gagner|perdre|dépasser)"
)

_DOER = re.compile(
    r"\b(?:vous|on|nul|personne|qui|chauffeurs?|véhicules?|camions?|voyageurs|visiteurs|équipes?|personnel"
    r"|agents?|titulaires"
    r"|journalistes|lecteurs?|clients?|navires?|entreprises?|employés|il) (?:ne |n'|y |en |le |la |les |lui )?$"
)
_NOT = re.compile(r"\b(?:ne|n'|n' ?y|ne se|ne s'|ne le|ne la|ne les|ne lui|ne leur) ?$")
_ALLOWED = re.compile(
    r"^ (?:pas |aussi |alors |encore |également )?(?:être )?(?:entrer|sortir|passer|circuler|rouler|franchir"
    r"|traverser|lire|lue?s?"
    r"|consultée?s?|consulter|utilisée?s?|utiliser|obtenue?s?|obtenir|partagée?s?|transmise?s?|citée?s?"
    r"|publiée?s?|demander"
    r"|demandée?s?|planifi\w{1,5}|prév\w{1,4}|trouver|trouvée?s?|travailler|voter|porter|payer|choisir|mesurer"
    r"|mesurée?s?|vérifi\w{1,4}"
    r"|préparer|préparée?s?|voir|attendre|compter|charger|décharger|acheter|vendre|faire|faite?s?|lever|dire)\b"
)
_POSSIBLE_BEFORE = re.compile(
    r"\b(?:que|si|dès que|aussi \w{1,15} que|le plus \w{1,15}|le moins \w{1,15}|autant que|quand c'est"
    r"|lorsque c'est|rendu|rendue"
    r"|rend|pas|mieux|seul|seule|tout|toute) $"
)
_POSSIBLE_AFTER = re.compile(r"^ (?:de |d'|pour |grâce |seulement|à \w+(?:er|ir|re)\b)")
_POSSIBILITY_BEFORE = re.compile(r"\b(?:aucune|toute|autre|seule|deux|seconde|première) $")
_RISK_NOUN = re.compile(
    r"\b(?:le|un|ce|du|au|de|des|les|aucun|tout|même|quel|leur|son|principal|premier|second|autre|sans|en|à) $"
)


def _means_no_doubt(text: str, match: re.Match[str]) -> bool:
    """An ability, a permission, a noun: none of them a forecast."""
    word, earlier, later = match[0], before(text, match), after(text, match)
    if word in ("peut", "peuvent"):
        is_refused = bool(_NOT.search(earlier)) and not re.match(
            r" (?:\w+ )?(?:être )?exclu", later
        )
        return is_refused or bool(_DOER.search(earlier) or _ALLOWED.match(later))
    if word.startswith("pourr"):
        return bool(_NOT.search(earlier)) and not re.match(r" (?:\w+ )?(?:être )?exclu", later)
    if word.startswith("possible"):
        return bool(_POSSIBLE_BEFORE.search(earlier) or _POSSIBLE_AFTER.match(later))
    if word.startswith("possibilité"):
        return bool(_POSSIBILITY_BEFORE.search(earlier))
    if word.startswith("risque"):
        return bool(_RISK_NOUN.search(earlier))
    return False


# What can or has to be is another matter than what comes: the first is a rule of its own, the second advice.
_NOT_AHEAD = re.compile(
    r"\b(?:(?:laquelle|lesquels|lequel|quand|lorsque?|dès que?|tant que?|où) (?:[\w'-]{1,20} ){0,4}"
    r"|(?:ce texte|cette note|cette page|vous|on) (?:ne |en |y |le |la |les )?)$"
)
_IS_DUTY = re.compile(r"pourr|devr(?:a|ont)(?!i)|faudra(?!i)")


def _is_no_forecast(text: str, match: re.Match[str]) -> bool:
    """What others once awaited, and where we tell the reader what comes in the text."""
    earlier = before(text, match)
    if _IS_DUTY.match(match[0]) or _NOT_AHEAD.search(earlier):
        return True
    return (
        re.search(r"\b(?:était|étaient|avait|avaient|comme|que|ce que|qu'on) $", earlier)
        is not None
    )


def _is_no_claim(text: str, match: re.Match[str]) -> bool:
    """An ability, a certainty that the scale knows, a text of ours."""
    word, earlier, later = match[0], before(text, match), after(text, match)
    if word == "impossible":
        return re.match(r" (?:de|d'|à|pour|sans)", later) is not None
    if _IS_DUTY.match(word) or _NOT_AHEAD.search(earlier):
        return True
    return re.search(r"\b(?:presque|quasi|quasiment|pas|non) $", earlier) is not None


_AMOUNT = "(?:fortes?|bonnes?|réelles?|grandes?|faibles?|petites?|sérieuses?|minces?|hautes?|importantes?)"

FRENCH = Lexicon(
    language="fr",
    house=words(
        *("presque aucune chance", "très improbables?", "improbables?"),
        r"chances (?:[\w'-]{1,20} ){0,3}à peu près égales",
        *("très probable(?:s|ment)?", "probable(?:s|ment)?", "presque certain(?:e|s|es|ement)?"),
    ),
    others=(
        (words("très peu probables?", "hautement improbables?"), L.VERY_UNLIKELY),
        (words("(?<!très )peu probables?", "peu vraisemblables?", "invraisemblables?"), L.UNLIKELY),
        (words("chances (?:sont )?égales"), L.ROUGHLY_EVEN),
        (
            words("très vraisemblable(?:s|ment)?", "hautement (?:probables?|vraisemblables?)"),
            L.VERY_LIKELY,
        ),
        (words("(?<!très )(?<!peu )(?<!hautement )vraisemblable(?:s|ment)?"), L.LIKELY),
        (words("quasi(?:ment)?[ -]certain(?:e|s|es)?"), L.ALMOST_CERTAIN),
    ),
    off_scale=(
        (words("(?:extrêmement|fort|hyper|éminemment|plus que) probables?"), (L.VERY_LIKELY,)),
        (words("(?:assez|plutôt|relativement|de plus en plus) probables?"), (L.LIKELY,)),
        (
            words("(?:assez|plutôt|relativement|fort|extrêmement) (?:peu probables?|improbables?)"),
            (L.UNLIKELY, L.VERY_UNLIKELY),
        ),
        (
            words("(?:pratiquement|virtuellement) certain(?:e|s|es)?", "presque inévitables?"),
            (L.ALMOST_CERTAIN,),
        ),
        (words("possibilité réaliste", "une chance sur deux", "50[-/ ]50"), (L.ROUGHLY_EVEN,)),
        (
            words(
                rf"{_AMOUNT} (?:chances?|probabilités?|possibilités?|perspectives?)",
                "(?:probabilité|possibilité) (?:très )?(?:forte|faible|élevée|réelle|importante|sérieuse)",
                r"(?:probabilité|chances?) (?:[\w'-]{1,20} ){0,7}(?:est|sont|reste|restent"
                r"|demeure) (?:très )?(?:fortes?|faibles?|élevées?"
                "|réelles?|importantes?|minces?)",
                "toutes les chances",
                "de bonnes chances",
                "de fortes chances",
            ),
            (L.UNLIKELY, L.LIKELY, L.VERY_LIKELY),
        ),
        (
            words(
                r"risque (?:[\w'-]{1,20} ){0,7}(?:est|reste|demeure) (?:très )?(?:élevé|fort|faible|réel"
                r"|important|sérieux|modéré|grand)",
                "risque (?:très )?(?:élevé|fort|faible|réel|important|sérieux|accru) (?:de|d'\\w+|que)",
                "(?:fort|réel|faible|grand|sérieux) risque (?:de|d'\\w+|que)",
            ),
            (L.UNLIKELY, L.LIKELY, L.VERY_LIKELY),
        ),
    ),
    comparing=words("(?:plus|moins|aussi|autant) (?:im)?probables?(?<!que probable)"),
    bare=words(
        r"(?:ne|n'|n'y) ?(?:peut|peuvent|est|sont|saurait|sauraient|pourrait) (?:pas |plus "
        r"|pas encore )?(?:être )?(?:totalement |entièrement )?exclu(?:e|s|es|re)?",
        "(?:peut|pouvons|saurait|pourrait) (?:pas )?exclure",
        *("il se peut", "peut-être", "éventuellement", "éventuel(?:le|s|les)?"),
        *("peut", "peuvent", "pourra", "pourront", "pourrait", "pourraient", "puisse", "puissent"),
        *(
            "possibles?",
            "possibilités?",
            "possiblement",
            f"risque(?:nt|rait|raient)? (?:de |d'){_VERB}",
        ),
    ),
    means_no_doubt=_means_no_doubt,
    soft=words("peut", "peuvent", "éventuel(?:le|s|les)?", "possibles?", "possibilités?"),
    confidence=words(
        "confiance (?:très |assez )?(?:élevée|forte|haute|modérée|moyenne|faible|limitée|grande)",
        "(?:haute|forte|faible|grande|pleine) confiance",
        r"confiance (?:[\w'-]{1,20} ){0,6}(?:est|reste|demeure) (?:très |assez )?(?:élevée|forte|modérée|moyenne"
        r"|faible|limitée)",
        "(?:sommes|suis|est) (?:très )?confiants?",
        "avec confiance",
    ),
    forecast=words(
        _FUTURE,
        rf"(?:va|vont) {_VERB}",
        _DEVRAIT,
        r"(?:est|sont|reste|restent) (?:[\wé]{1,16} )?(?:attendu|prévu|anticipé|escompté)(?:e|s|es)?",
        *(
            "nous (?:nous )?attendons",
            "on s'attend",
            "s'attend(?:ent)? à",
            "nous prévoyons",
            "nous anticipons",
        ),
    ),
    is_no_forecast=_is_no_forecast,
    past=words(
        *("était", "étaient", "avait", "avaient", "fut", "furent"),
        r"(?:a|ont|soit|soient|ait|aient|est|sont) (?:déjà |pas |sans doute )?(?:été|\w{2,20}(?:é|ée|és|ées|is"
        r"|it|ue?s?))(?<!attendu)(?<!attendue)(?<!attendus)"
        "(?<!attendues)(?<!prévu)(?<!prévue)",
        *("s'explique", "tient à", "tiennent à", "la cause", "l'explication"),
    ),
    absolute=words(
        _FUTURE,
        rf"(?:va|vont) {_VERB}",
        *(
            "certainement",
            "assurément",
            "immanquablement",
            "inévitable(?:s|ment)?",
            "inéluctable(?:s|ment)?",
        ),
        *(
            "sans (?:aucun |nul )?doute",
            "à coup sûr",
            "forcément",
            "il est certain que?",
            "impossible",
        ),
        *("(?:est|sont) (?:certain|sûr)(?:e|s|es)? de", "ne fait aucun doute", "question de temps"),
    ),
    is_no_claim=_is_no_claim,
    absolute_if_future=words("toujours", "jamais"),
    vague=words(
        "(?:dans|durant|pendant|au cours) (?:les|des) (?:tout(?:es)? )?(?:prochaine?s |premières )?(?:heures"
        "|jours|semaines|mois|années)(?: (?:et|ou) (?:les )?(?:semaines|mois|années))?"
        "(?: (?:à venir|qui viennent|suivante?s))?",
        *(
            "prochainement",
            "bientôt",
            "sous peu",
            "à (?:très )?(?:court|moyen|long|brève) (?:terme|échéance)",
            "à terme",
        ),
        *(
            "dans un (?:proche avenir|avenir proche|avenir prévisible)",
            "tôt ou tard",
            "imminente?s?",
            "à l'avenir",
        ),
        *("(?:jours|semaines|mois|années) (?:à venir|qui viennent)", "un jour", "avant longtemps"),
    ),
    horizon=words(
        rf"(?:\d{{1,2}}|1er) {_MONTH}(?: 20\d\d)?",
        rf"{_MONTH} 20\d\d",
        rf"(?:en|fin|mi-|début|d'ici|avant|jusqu'en|jusqu'à|depuis|courant|dès|de|d') ?(?:à |fin |la fin |début "
        rf"|mi-)?{_MONTH}",
        *(
            r"20\d\d(?:-\d\d-\d\d)?",
            "(?:premier|deuxième|troisième|quatrième|dernier|prochain) trimestre",
        ),
        "(?:la )?fin (?:de l'année|du mois|du trimestre|de la saison|de la semaine|d'année|des pluies)",
        *(
            "cette année",
            "ce mois",
            "cette semaine",
            "l'an prochain",
            "l'année prochaine",
            "le mois prochain",
        ),
        *("la semaine prochaine", "aujourd'hui", "demain", "ce soir"),
        "(?:avant|d'ici|d'ici à) (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|noël)",
        rf"(?:dans|sous|en|pendant|d'ici|avant|durant)(?: à)?(?: les)? {_NUMBER}(?: prochaine?s)? {_UNIT}",
        rf"{_NUMBER} (?:prochaine?s {_UNIT}|{_UNIT} (?:à venir|qui viennent))",
        *("d'ici là", "(?:même|cette) (?:date|période|échéance|horizon)", "à cette échéance"),
    ),
    months=_MONTHS,
    full_day=re.compile(rf"\b(?P<d>\d{{1,2}})(?:er)? (?P<m>{_MONTH}) (?P<y>20\d\d)\b"),
    month_end=re.compile(rf"\b(?:fin|d'ici à|avant|en|jusqu'en) (?P<m>{_MONTH}) (?P<y>20\d\d)\b"),
    verbs=words(
        *(
            "attaque(?:nt)?",
            "tien(?:t|nent)",
            "bloque(?:nt)?",
            "ferme(?:nt)?",
            "cesse(?:nt)?",
            "est",
            "sont",
            "a",
            "ont",
            "reste(?:nt)?",
        ),
        *(
            "continue(?:nt)?",
            "transporte(?:nt)?",
            "tombe(?:nt)?",
            "baisse(?:nt)?",
            "monte(?:nt)?",
            "dépasse(?:nt)?",
            "gagne(?:nt)?",
            "per(?:d|dent)",
        ),
        *(
            "dure(?:nt)?",
            "reprend",
            "reprennent",
            "double(?:nt)?",
            "entrent",
            "quitte(?:nt)?",
            "rouvre(?:nt)?",
            "démissionne(?:nt)?",
        ),
        *(
            "signe(?:nt)?",
            "commence(?:nt)?",
            "finit",
            "finissent",
            "prend",
            "prennent",
            "s'arrête(?:nt)?",
            "augmente(?:nt)?",
        ),
        *(
            "diminue(?:nt)?",
            "arrête(?:nt)?",
            "tue(?:nt)?",
            "annonce(?:nt)?",
            "atteint",
            "atteignent",
            "touche(?:nt)?",
            "demande(?:nt)?",
        ),
        *(
            "descend",
            "descendent",
            "fait",
            "font",
            "va",
            "vont",
            "contrôle(?:nt)?",
            "ouvre(?:nt)?",
            "lance(?:nt)?",
            "retire(?:nt)?",
        ),
    ),
    joined=words("et", "mais"),
    by="d’ici au {day}",
    absolute_advice="Say how likely it is; what a law or calendar fixes stands in the present (« a lieu le … »)",
    confidence_advice="Two sentences: « Une attaque est probable {by}. » and « Notre confiance est modérée : … »",
)
