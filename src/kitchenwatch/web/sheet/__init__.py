"""The case sheet: a case on paper, with its pictures, its story and its seals."""
