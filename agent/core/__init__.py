"""The pure core: facts in, conclusions and letters out; no disk, network, clock, chance or logging.

Its rooms tell the story of a message, top to bottom: ``mail`` (what was written), ``dates`` (days and hours in words),
``meaning`` (what a message says), ``people`` (who is who, what belongs together), ``story`` (what happened, what is due),
``writing`` (the letters). ``model`` holds the nouns of all of them, ``lexicon`` and ``templates`` the words.
"""
