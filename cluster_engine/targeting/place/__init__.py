"""The place model: would such a firm choose this region, learned from what happened next."""
