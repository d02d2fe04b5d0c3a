"""Rows and blobs: what is known, and where its bytes lie."""
