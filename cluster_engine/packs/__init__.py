"""Packs: locate, open, validate and describe one economy's data."""
