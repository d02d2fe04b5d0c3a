"""Renders the sample films in ``sample_videos``; a tool for maintainers, no part of the product."""
