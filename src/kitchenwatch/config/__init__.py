"""The configuration: one YAML file, checked as a whole before anything starts."""

from kitchenwatch.config.effective import rules_for
from kitchenwatch.config.loading import load
from kitchenwatch.config.problems import ConfigErrors
from kitchenwatch.config.shape import Config
from kitchenwatch.config.sites import Camera, District, Site

__all__ = ["Camera", "Config", "ConfigErrors", "District", "Site", "load", "rules_for"]
