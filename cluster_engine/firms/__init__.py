"""Firms: who is who, what they make, whom they belong to. Records in, firms out; no files."""
