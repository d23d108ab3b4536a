"""Pages on which versions come to be: upload, drafts, review."""
