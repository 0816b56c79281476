"""Pure numbers of regional science: arrays in, arrays or frozen results out; no files."""
