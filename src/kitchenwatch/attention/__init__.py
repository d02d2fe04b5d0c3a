"""Where to look, and how often: each camera's attention, and what a machine can afford of it."""
