"""Measuring: what the line costs, beside a yardstick timed in the same run."""
