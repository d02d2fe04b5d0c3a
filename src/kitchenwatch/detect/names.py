"""Class names as Ultralytics writes them into a model file."""

import ast


def names_in(text: str) -> tuple[str, ...]:
    """Class names in order, from the Python literal `{0: 'person', …}`; empty if it is none."""
    try:
        names = ast.literal_eval(text)
        return tuple(str(names[index]) for index in sorted(names))
    except (ValueError, SyntaxError, TypeError):
        return ()
