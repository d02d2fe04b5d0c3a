"""How good a detector is on drawn boxes: both looks on every picture of a split, held against what people drew."""
