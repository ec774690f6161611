"""Texts for the benchmark: deterministic, in four languages, with words as unevenly used as in real ones.

The frequent words are real; behind them comes a long tail of made ones, by Zipf's law. PLANTED holds the words that the
searches ask for: no other sentence holds them, so that their shares are known.
"""

import random
from dataclasses import dataclass
from itertools import accumulate

_WORDS = {
    "en": """the of and to in a on for that is by with at from near road town state fuel border army group attack
    checkpoint market bridge district village fighters drivers traders officials week month night trucks soldiers
    residents reports region capital port river route north south east west police ministry government election supply
    price delay closure patrol ambush abduction strike protest customs cargo airport railway mine camp shelter water
    hospital school bank station forest valley desert coast island harvest rain flood storm heat season crossing""",
    "fr": """le la les des et de à dans sur pour une par avec au du en route ville état frontière armée groupe attaque
    marché pont district village combattants chauffeurs commerçants autorités semaine mois nuit camions soldats
    habitants région capitale port fleuve nord sud est ouest police ministère gouvernement élection prix retard
    fermeture patrouille embuscade enlèvement grève manifestation douane fret aéroport chemin mine camp eau hôpital
    école banque gare forêt vallée désert côte île récolte pluie crue tempête chaleur saison passage été où déjà""",
    "pt": """o a os as e de do da em no na para por com uma estrada cidade estado fronteira exército grupo ataque
    mercado ponte distrito aldeia combatentes motoristas comerciantes autoridades semana mês noite camiões soldados
    moradores região capital porto rio norte sul leste oeste polícia ministério governo eleição preço atraso
    encerramento patrulha emboscada rapto greve protesto alfândega carga aeroporto caminho mina campo água escola
    banco estação floresta vale deserto costa ilha colheita chuva cheia tempestade calor época passagem ação não""",
    "ar": """في من على إلى عن مع هذا التي الذي بين بعد قبل طريق مدينة دولة حدود جيش جماعة سوق جسر قرية مقاتلون
    سائقون تجار سلطات أسبوع شهر ليلة شاحنات جنود سكان منطقة عاصمة ميناء نهر شمال جنوب شرق غرب شرطة وزارة حكومة
    انتخابات سعر تأخير إغلاق دورية كمين اختطاف إضراب احتجاج جمارك بضائع مطار منجم مخيم ماء مستشفى مدرسة مصرف محطة
    غابة وادي صحراء ساحل جزيرة حصاد مطر فيضان عاصفة حرارة موسم عبور أزمة إمدادات""",
}
SYLLABLES = {
    "en": "ba ko ter lin mar den sol ver nat rim gal pen dor hus tal wick ford ness ham ley",
    "fr": "ba ko tière lin mar dé sol ver nat ri gal pen dor eau tal vil for nesse ham lé",
    "pt": "ba ko teiro lin mar da sol ver nato ri gal pena dor ão tal vila for nês ham lé",
    "ar": "با كو تر لين مر دن سول فر نت رم جل بن در هس تل وق فد نس هم لي",
}
_TAIL = 9_000
_SENTENCES = 6_000
# (what it stands for, how many in a hundred briefs of its language hold it, the text)
PLANTED = {
    "en": [
        ("rare", 0.2, "Quarantine is ordered."),
        ("medium", 1.5, "The ferry waits."),
        ("second", 1.5, "A barge follows."),
        ("common", 12, "The convoy turns back."),
        ("phrase", 3, "A fuel convoy burns."),
        ("commonest", 95, "Security is what we look at."),
    ],
    "fr": [
        ("accents", 4, "La sécheresse a éclaté près de Ménaka."),
        ("commonest", 60, "La sécurité (security) demeure."),
    ],
    "pt": [("commonest", 40, "A segurança (security) mantém.")],
    "ar": [("arabic", 10, "انتشرت القُوّات المُسلّحة."), ("commonest", 10, "الأمن security يبقى.")],
}


@dataclass(frozen=True)
class Body:
    """A brief's body as it is stored: sanitised HTML, and the same as plain text."""

    html: str
    text: str


class Writer:
    """Writes bodies in one language; the same seed writes the same."""

    def __init__(self, language: str) -> None:
        made = random.Random(f"sentences {language}")
        vocabulary = _vocabulary(language, made)
        # Zipf: the word of rank r is used 1/r as often as the first.
        weights = list(accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
        self.language = language
        self.sentences = [
            " ".join(made.choices(vocabulary, cum_weights=weights, k=made.randint(8, 30))) + "."
            for _ in range(_SENTENCES)
        ]
        self.mean_size = sum(len(one.encode()) + 1 for one in self.sentences) // _SENTENCES

    def body(self, chance: random.Random) -> Body:
        """A body of 8 to 10 thousand bytes, in paragraphs under headings."""
        wanted = chance.randint(8_000, 10_000)
        lines = chance.choices(self.sentences, k=wanted // self.mean_size)
        for _, share, sentence in PLANTED[self.language]:
            if chance.random() * 100 < share:
                lines[chance.randrange(len(lines))] = sentence
        return _in_paragraphs(lines)

    def line(self, chance: random.Random, longest: int) -> str:
        """A title or a summary."""
        return chance.choice(self.sentences)[:longest].rstrip(" .")


def _vocabulary(language: str, made: random.Random) -> list[str]:
    syllables = SYLLABLES[language].split()
    tail = {"".join(made.choices(syllables, k=made.randint(2, 4))) for _ in range(_TAIL)}
    return _WORDS[language].split() + sorted(tail)


def _in_paragraphs(lines: list[str]) -> Body:
    html, text = [], []
    for start in range(0, len(lines), 6):
        if start % 18 == 0:
            heading = lines[start][:40].rstrip(" .")
            html.append(f"<h2>{heading}</h2>")
            text.append(heading)
        paragraph = " ".join(lines[start : start + 6])
        html.append(f"<p>{paragraph}</p>")
        text.append(paragraph)
    return Body("".join(html), "\n".join(text))
