"""What the mail app tells those above it. A receiver writes one job and does nothing else.

Of each failure one of the two is sent, in the transaction that records it.
"""

from django.dispatch import Signal

# An address takes no mail of ours: refused, bounced or complained. Sent with `mark`, an Unreachable.
address_unreachable = Signal()
# A message did not arrive, for another reason than its address. Sent with `message`.
message_not_arrived = Signal()
