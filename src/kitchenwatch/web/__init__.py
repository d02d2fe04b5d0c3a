"""The doors for people: the API, its event stream, the first page."""
