"""What intake tells those above it. A receiver writes one job and does nothing else."""

from django.dispatch import Signal

# A client withdrew a request, which is closed. Sent with `lead`, in the transaction that closes it.
request_withdrawn = Signal()
