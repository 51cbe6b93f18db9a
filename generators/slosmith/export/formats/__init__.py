"""One module for each format. A module in this folder is found automatically."""
