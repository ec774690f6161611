"""What a client agrees to when sending a request. Words, version and language are stored with each enquiry."""

from intake.catalogue import Language

# Counts up when what is agreed to changes, in all languages at once; a better translation is no new version.
VERSION = 1
# Not in the catalogue of translations: what somebody agreed to must not change with a correction of words there.
_TEXTS = {
    Language.ENGLISH: "I agree that Derisk keeps these details to answer me.",
    Language.FRENCH: "J’accepte que Derisk conserve ces informations pour me répondre.",
    Language.PORTUGUESE: "Aceito que a Derisk guarde estes dados para me responder.",
    Language.ARABIC: "أوافق على أن تحتفظ Derisk بهذه البيانات للرد عليّ.",
}


def text_in(language: str) -> str:
    """The words to agree to in a language of ours; KeyError for another."""
    return _TEXTS[Language(language)]
