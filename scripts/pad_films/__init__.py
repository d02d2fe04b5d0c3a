"""Makes films as a ceiling camera sends them, with a known share of empty kitchen, out of short films with truths."""
