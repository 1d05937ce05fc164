"""Many methods, one scenario: the bracket that a single headline would hide."""
