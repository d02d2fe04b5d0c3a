"""From a trained checkpoint to the files that kitchenwatch runs, and the proof that they see the same."""
