"""SLI templates, one a file, named after the template."""
