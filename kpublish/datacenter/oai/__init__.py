"""Harvesting by the OAI Protocol for Metadata Harvesting 2.0 (http://www.openarchives.org/OAI/openarchivesprotocol.html)."""
