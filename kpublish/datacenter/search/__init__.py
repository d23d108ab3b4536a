"""Full-text search with facets over the catalogue, on SQLite (FTS5) and PostgreSQL (tsvector) alike."""
