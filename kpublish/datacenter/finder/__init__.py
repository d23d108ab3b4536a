"""What an identifier names: releases, versions, tables, figures, files, steps of workflows, collections, and kinds of object."""
