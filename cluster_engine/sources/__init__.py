"""Readers of outside formats: what publishers offer goes in, tables of a pack come out."""
