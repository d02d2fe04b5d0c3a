"""The line: how a frame travels from its source to a case."""
