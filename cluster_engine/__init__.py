"""Find a region's niche clusters and the overseas firms that fit them."""

__version__ = "0.1.0"
