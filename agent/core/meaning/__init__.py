"""What one message means: language, senders, the rules over the lexicon, signals with their evidence."""
