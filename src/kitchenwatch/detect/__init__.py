"""Sees: pictures in, detections and sightings out."""
