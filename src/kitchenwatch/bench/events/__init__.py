"""How well violations are found: alarms held against what people saw in the same films."""
