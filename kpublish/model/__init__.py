"""The nouns of kpublish: data only, no input or output, no rules."""
