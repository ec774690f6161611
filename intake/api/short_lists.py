"""Lists that are measured before anybody looks at what is in them."""

from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty


class ShortListField(serializers.ListField):
    """DRF's looks at each item before it counts them: of a million wrong ones it would make a million answers."""

    def run_validation(self, data: Any = empty) -> Any:
        """The checked items; of more than there may be the number alone is told."""
        if isinstance(data, list):
            self.run_validators(data)  # they know of the length alone
        return super().run_validation(data)
