"""Evidence: fixed at the moment of the alarm, sealed in a chain, provable with the public key alone."""
