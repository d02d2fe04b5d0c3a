"""Training of the network that looks again at what the detector found (`kitchenwatch.detect.verifier`)."""
