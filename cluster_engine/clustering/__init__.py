"""From similar sectors to clusters of the nation and niche clusters of a region."""
