"""What cameras cost: CPU time by stage, memory and delay, beside yardsticks timed in the same run."""
