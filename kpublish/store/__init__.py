"""The reader's side: a KM3Store lists and loads what was published."""
