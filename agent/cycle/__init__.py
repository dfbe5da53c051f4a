"""One turn of the crank: sync → infer → plan → execute → record. The only room that knows both Gmail and the store."""
