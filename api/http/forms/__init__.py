"""The file formats of downloads: each module writes one set of rows as one kind of file."""
