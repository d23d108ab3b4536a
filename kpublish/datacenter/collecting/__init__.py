"""Collections: an analysis or a data set, whose members may come from several repositories."""
