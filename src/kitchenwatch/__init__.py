"""kitchenwatch: bright-kitchen cameras in, sealed cases and alerts out."""

from importlib.metadata import version

__version__ = version("kitchenwatch")
