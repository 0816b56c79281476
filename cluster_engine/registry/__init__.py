"""Model versions on disk: plain data, verified before use, one champion per region."""
