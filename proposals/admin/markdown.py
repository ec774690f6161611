"""Forms that refuse at saving what could not be sent."""

from django import forms

from proposals import content


class TermsForm(forms.ModelForm):
    """A form with terms in Markdown."""

    def clean_terms(self) -> str:
        return _checked(self.cleaned_data["terms"])


class SectionForm(forms.ModelForm):
    """A heading and its text in Markdown."""

    def clean_body(self) -> str:
        return _checked(self.cleaned_data["body"])


def _checked(markdown: str) -> str:
    content.blocks(markdown)
    return markdown
