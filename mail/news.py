"""What the mail app tells those above it. A receiver writes one job and does nothing else."""

from django.dispatch import Signal

# The server refused the reader's address for good. Sent with `message` in the transaction that records it.
address_refused = Signal()
