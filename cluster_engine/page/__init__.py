"""The local web page for staff who do not use a terminal."""
