"""The rules: how one camera's sightings become violations."""
