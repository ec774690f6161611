"""Numbers of things, as the staff screens say them."""


def counted(number: int, one: str, more: str = "") -> str:
    """“1 lead”, “3 leads”; `more` where the plural takes another form than an s."""
    return f"{number:,} {one if number == 1 else more or f'{one}s'}"
