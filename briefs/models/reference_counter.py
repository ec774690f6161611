"""The last number given to a brief in each year."""

from django.db import connection, models


class ReferenceCounter(models.Model):
    """One row a year. A number is taken with the row locked, so no two briefs share one."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last_number = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"


def next_reference(year: int) -> str:
    """The next reference of that year, such as DR-2025-0007; a rollback gives it back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO briefs_referencecounter AS counter (year, last_number) VALUES (%s, 1)"
            " ON CONFLICT (year) DO UPDATE SET last_number = counter.last_number + 1"
            " RETURNING last_number",
            [year],
        )
        (number,) = cursor.fetchone()
    return f"DR-{year}-{number:04d}"
