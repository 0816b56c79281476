"""Where large tables of firms are scored: out of core on one machine, or on a Dask cluster."""
