"""Which overseas firms fit the region: criteria, reference, score, reasons."""
