"""What a client agrees to when sending a request. The words are stored with each enquiry."""

TEXT = "I agree that Derisk keeps these details to answer me."
