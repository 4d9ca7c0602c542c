"""Found passages, read: the sentences that answer, what agrees and what differs, or a refusal."""
