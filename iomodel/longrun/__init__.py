"""What long-run paths start from: people, what they produce, and how both may go on."""
