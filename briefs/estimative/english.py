"""English: the terms of ICD 203, and the words that take their place."""

import re

from briefs.estimative.lexicon import Lexicon, after, before, words
from briefs.likelihood import Likelihood as L

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_NUMBER = r"(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty|sixty|ninety)"
_UNIT = "(?:hours|days|weeks|months|years)"
_TO = "(?:early |late |mid-?|the end of |the middle of |the start of |end[ -])?"

# "May" that is a month, and not the word for what is allowed.
_MONTH_BEFORE = re.compile(
    r"(?:\d(?:st|nd|rd|th)?|\b(?:in|by|until|till|before|after|since|from|to|of|and|or|early|late|mid|this|last"
    r"|next|during|through|between|for|end|every))[ -]$"
)
_MONTH_AFTER = re.compile(r"^(?: \d|[,.;:)]|$| (?:and|to|or|is|was) )")
_DOER = re.compile(
    r"\b(?:you|nobody|no one|staff|visitors?|drivers?|passengers?|journalists?|holders?|foreigners|civilians|citizens"
    r"|vehicles?|trucks?|travellers|crews?|employees|teams?|clients?|readers?|ships?|members|residents|workers|they"
    r"|who|operators|carriers|companies|only [\w ]{1,20}) $"
)
_ALLOWED = re.compile(
    r"^ (not |only |also |now |still )?(?:be )?(?:enter|leave|carry|carried|use|used|cross|travel|drive|publish|share"
    r"|shared|pass|stop|park|apply|vote|photograph|film|work|stay|visit|hold|bring|brought|sell|buy|export"
    r"|import|request|appeal|read|quoted?|published|refuse|need|wish|want|find|land|dock|sail|load|fish"
    r"|reproduced?|ask|contact|see|choose|take photographs|take part)\b"
)
_PERMIT = re.compile(r"^[^.]{0,60}\b(?:permit|permission|licen[cs]e|escort|pass|badge|curfew)\b")
_POWER = re.compile(r"\b(?:the|military|naval|air|economic|their|its|his|her|our|all) $")
_ABLE_BEFORE = re.compile(
    r"\b(?:before|so that|as (?:far|fast|much|many|well) as|all|what|whatever|how (?:many|much|far)|until|when"
    r"|where|only"
    r"|those who|nobody|no one|one)(?: [\w'-]{1,20}){0,4} $"
)
_ABLE_AFTER = re.compile(
    r"^ (?:not|only|no longer|hardly|barely|never|see|hear|afford|tell|find)\b"
)
_POSSIBLE_BEFORE = re.compile(
    r"\b(?:as|if|where|wherever|when|whenever|best|made|makes?|not|only|every|all|worst|is it|was it|longest|shortest"
    r"|as [\w-]{1,15} as)(?: it)? $"
)
_POSSIBLE_AFTER = re.compile(r"^ (?:to|only|for|with|by|in daylight|thanks|because)\b")
_OPEN_BEFORE = re.compile(r"\b(?:no|every|any|either|second|first|one|other|this|that) $")


def _means_no_doubt(text: str, match: re.Match[str]) -> bool:
    """A month, a permission, an ability, strength of arms: none of them a forecast."""
    word, earlier, later = match[0], before(text, match), after(text, match, 70)
    if word == "may":
        return bool(
            _MONTH_BEFORE.search(earlier)
            or _MONTH_AFTER.match(later)
            or _is_allowed(earlier, later)
        )
    if word == "might":
        return bool(_POWER.search(earlier))
    if word == "could":
        return bool(_ABLE_BEFORE.search(earlier) or _ABLE_AFTER.match(later))
    if word == "possible":
        return bool(_POSSIBLE_BEFORE.search(earlier) or _POSSIBLE_AFTER.match(later))
    if word in ("possibility", "possibilities"):
        return bool(_OPEN_BEFORE.search(earlier))
    return False


def _is_allowed(earlier: str, later: str) -> bool:
    allowed = _ALLOWED.match(later)
    if allowed is None:
        return False
    is_strict = bool(allowed[1]) and allowed[1].strip() in ("not", "only")
    return is_strict or bool(_DOER.search(earlier) or _PERMIT.match(later))


_WILL_NOUN = re.compile(
    r"\b(?:the|political|good|free|popular|at|his|her|their|its|our|own|ill|of|a|national|strong|own) $"
)
_OURS = re.compile(r"\b(?:we|you|this brief|this page|this text|our team) (?:also |then |now )?$")
_EARLIER = re.compile(r"\b(?:as|than|was|were|had|been|never|not) $")


def _is_no_forecast(text: str, match: re.Match[str]) -> bool:
    """A noun, a promise of our own, or what was expected once."""
    earlier = before(text, match)
    if match[0].startswith(("will", "won't", "shall")):
        return bool(_WILL_NOUN.search(earlier) or _OURS.search(earlier))
    return bool(_EARLIER.search(earlier))


def _is_no_claim(text: str, match: re.Match[str]) -> bool:
    """What is not said of the future: a will, an ability, a certainty that the scale knows."""
    word, earlier, later = match[0], before(text, match), after(text, match)
    if word.startswith(("will", "won't", "shall")):
        return bool(_WILL_NOUN.search(earlier) or _OURS.search(earlier))
    if word == "impossible":
        return re.match(r" (?:to|for|without|terrain|task)\b", later) is not None
    return re.search(r"\b(?:almost|nearly|not|all but|virtually|less) $", earlier) is not None


_AMOUNT = (
    "(?:very )?(?:high|good|strong|fair|real|slim|small|significant"
    "|considerable|low|big|increased|growing|distinct|serious|reasonable|decent)"
)

ENGLISH = Lexicon(
    language="en",
    house=words(
        *("almost no chance", "very unlikely", "unlikely", "(?:a )?roughly even chance"),
        *("very likely", "likely", "almost certain(?:ly)?"),
    ),
    others=(
        (words("(?:a )?remote (?:chance|possibility|prospect)"), L.ALMOST_NO_CHANCE),
        (words("highly improbable"), L.VERY_UNLIKELY),
        (words("(?<!highly )improbable"), L.UNLIKELY),
        (words("(?:roughly )?even odds"), L.ROUGHLY_EVEN),
        (words("highly probable"), L.VERY_LIKELY),
        (words("(?<!highly )(?:probable|probably)"), L.LIKELY),
        (words("nearly certain(?:ly)?"), L.ALMOST_CERTAIN),
    ),
    off_scale=(
        (
            words("(?:highly|extremely|exceedingly|overwhelmingly|remarkably) likely"),
            (L.VERY_LIKELY,),
        ),
        (words("(?:highly|extremely|exceedingly) unlikely"), (L.VERY_UNLIKELY,)),
        (words("(?:quite|fairly|rather|reasonably|increasingly|somewhat) likely"), (L.LIKELY,)),
        (words("(?:quite|fairly|rather|increasingly|somewhat) unlikely"), (L.UNLIKELY,)),
        (
            words("(?:virtually|practically|all but|as good as) certain", "almost inevitable"),
            (L.ALMOST_CERTAIN,),
        ),
        (words("realistic (?:possibility|prospect)"), (L.UNLIKELY, L.ROUGHLY_EVEN)),
        (
            words(
                "as likely as not",
                "even chance(?<!roughly even chance)",
                "50[-/ ]50",
                "fifty-fifty",
                "toss-up",
            ),
            (L.ROUGHLY_EVEN,),
        ),
        (
            words(rf"{_AMOUNT} (?:chance|probability|likelihood|possibility|prospect|odds)"),
            (L.UNLIKELY, L.LIKELY, L.VERY_LIKELY),
        ),
        (
            words(
                r"(?:likelihood|probability|chances?) (?:[\w'-]{1,20} ){0,6}(?:is|are|remains?|stays?|appears?) "
                r"(?:very |extremely )?(?:high|low|good|strong|slim|significant|considerable|minimal|real)"
            ),
            (L.UNLIKELY, L.LIKELY, L.VERY_LIKELY),
        ),
        (
            words(
                r"risk (?:[\w'-]{1,20} ){0,6}(?:is|remains|stays|appears) (?:very |extremely )?(?:high|low"
                r"|moderate|elevated"
                r"|significant|considerable|real|severe)",
                "(?:very )?(?:high|low|elevated|significant|considerable|serious|real|heightened"
                "|increased) risk (?:of|that)",
            ),
            (L.UNLIKELY, L.LIKELY, L.VERY_LIKELY),
        ),
    ),
    comparing=words(
        "(?:more|less|most|least|equally|how|as|so|not) likely(?! as not)", "likelier", "likeliest"
    ),
    bare=words(
        r"(?:cannot|can't|can not|could not|couldn't) (?:yet )?(?:be )?(?:entirely |fully |wholly "
        r"|completely )?(?:ruled out|rule out"
        "|excluded|exclude|discounted|discount)",
        *("may", "might", "could", "possible", "possibly", "perhaps", "maybe", "conceivably"),
        *("potentially", "possibility", "possibilities"),
    ),
    means_no_doubt=_means_no_doubt,
    soft=words("potentially", "perhaps", "possible", "possibility", "possibilities"),
    confidence=words(
        "(?:very )?(?:high|moderate|medium|low|strong|great|full|limited|some|more|less|considerable) confidence",
        r"confidence (?:[\w'-]{1,20} ){0,5}(?:is|remains) (?:very )?(?:high|moderate|medium|low|limited|strong)",
        "with confidence",
        "(?<!self-)confident(?:ly)?",
    ),
    forecast=words(
        *("will", "won't", "shall"),
        "(?:is|are|be|remains?|remain|still|widely|now) (?:[a-z]{1,16} )?(?:expected|anticipated|forecast"
        "|predicted|projected)",
        "(?:we|they|analysts|observers|officials|the house) (?:[a-z]{1,16} )?(?:expect|anticipate|forecast"
        "|predict|foresee)s?",
        *("set to", "poised to", "going to", "on course to", "about to"),
    ),
    is_no_forecast=_is_no_forecast,
    past=words(
        *(
            "was",
            "were",
            "had",
            "did",
            "wanted",
            "withdrew",
            "came",
            "went",
            "took",
            "fell",
            "began",
            "knew",
            "meant",
            "chose",
            "left",
        ),
        r"(?:has|have) (?:not |already |since )?(?:been|\w{2,20}ed|begun|come|gone|taken|fallen|crossed)",
        r"(?:likely|probably|certainly) \w{2,20}ed",
        r"(?:un)?likely that (?:(?!is |are |be |will )[\w'-]{1,20} ){1,4}\w{2,20}ed",
        r"(?:reflects?|explains?|explanation|because of|cause of|reason|stems? from|results? from)",
    ),
    absolute=words(
        *("will(?: not| never| always| certainly| definitely)?", "won't", "shall"),
        *(
            "certainly",
            "definitely",
            "undoubtedly",
            "doubtless",
            "inevitable",
            "inevitably",
            "unavoidable",
        ),
        *(
            "without (?:a |any )?doubt",
            "no doubt",
            "guaranteed to",
            "bound to",
            "(?:is|are) certain (?:to|that)",
        ),
        *("impossible", "only a matter of time", "a matter of time"),
    ),
    is_no_claim=_is_no_claim,
    absolute_if_future=words("always", "never"),
    vague=words(
        r"(?:in|over|within|during|for) the (?:coming|next few|next several|following|immediate) (?:hours|days"
        r"|weeks|months|years|period)"
        "(?: (?:and|or) (?:weeks|months|years))?",
        "in the (?:very )?(?:near|foreseeable|immediate|not too distant|medium|short|long(?:er)?) (?:term|future|run)",
        *(
            "for the foreseeable future",
            "(?:days|weeks|months|years) ahead",
            "coming (?:days|weeks|months|years)",
        ),
        *("soon", "shortly", "imminent(?:ly)?", "before long", "sooner or later", "in due course"),
        *("eventually", "(?:near|short|medium|long)[- ]term", "at some point", "in time"),
    ),
    horizon=words(
        rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? 20\d\d)?",
        rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? 20\d\d)?",
        rf"{_MONTH} 20\d\d",
        rf"(?:by|until|till|before|through|to|in|during|mid-?|early|late|end|of|and|between|from|since) {_TO}{_MONTH}",
        *(
            r"20\d\d(?:-\d\d-\d\d)?",
            "(?:first|second|third|fourth|last|next|this) quarter",
            "q[1-4]",
        ),
        "(?:end|close|turn) of (?:the |this |next )?(?:year|month|quarter|week|season|rains|harvest)",
        "(?:this|next) (?:year|month|week|season|weekend)",
        "(?:by|until|before|on|this|next) (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas)",
        *("today", "tonight", "tomorrow"),
        rf"(?:within|in|over|for|during|before|the)(?: the)?(?: next| coming)? {_NUMBER} {_UNIT}",
        *(
            "by then",
            "before then",
            "until then",
            "(?:same|that|this|its) (?:date|day|period|horizon|deadline|term)",
        ),
    ),
    months=_MONTHS,
    full_day=re.compile(
        rf"\b(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_MONTH}),? (?P<y>20\d\d)"
        rf"|(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>20\d\d))\b"
    ),
    month_end=re.compile(rf"\b(?:end of|by|before|until|in) (?P<m>{_MONTH}) (?P<y>20\d\d)\b"),
    verbs=words(
        *(
            "attacks?",
            "holds?",
            "blocks?",
            "closes?",
            "stops?",
            "is",
            "are",
            "has",
            "have",
            "remains?",
            "continues?",
        ),
        *(
            "carry",
            "carries",
            "falls?",
            "rises?",
            "exceeds?",
            "wins?",
            "loses?",
            "suffers?",
            "lasts?",
            "leads?",
        ),
        *(
            "seizes?",
            "returns?",
            "doubles?",
            "drops?",
            "enters?",
            "leaves?",
            "reopens?",
            "resigns?",
            "signs?",
        ),
        *(
            "starts?",
            "begins?",
            "ends?",
            "takes?",
            "withdraws?",
            "issues?",
            "declares?",
            "makes?",
            "spreads?",
        ),
        *(
            "reach",
            "reaches",
            "increases?",
            "decreases?",
            "arrests?",
            "kills?",
            "strikes?",
            "deploys?",
        ),
        *(
            "announces?",
            "limits?",
            "happens?",
            "goes",
            "go",
            "comes?",
            "gets?",
            "does",
            "controls?",
            "opens?",
        ),
    ),
    joined=words("and", "but"),
    by="by {day}",
    absolute_advice="Say how likely it is; what a law or calendar fixes stands in the present (“takes place on …”)",
    confidence_advice="Two sentences: “An attack is likely {by}.” and “Our confidence in this is moderate: …”",
)
