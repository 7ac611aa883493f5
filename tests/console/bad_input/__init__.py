"""What a hostile hand, a full disk and a dying engine do to the window: it says what happened, what to do."""
