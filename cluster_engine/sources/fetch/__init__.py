"""Fetch the publishers' files over the network: the one room that ever opens a connection."""
