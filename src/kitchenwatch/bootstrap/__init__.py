"""The only place that knows concrete classes and configuration together."""
