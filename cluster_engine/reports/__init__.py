"""Results as people and programs take them: terminal tables, CSV, JSON."""
