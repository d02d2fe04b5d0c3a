"""Photos that people send: what they are, what they say of themselves, and a copy of them for people."""
