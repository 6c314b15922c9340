"""The pages of the viewer over HTTP: what a reader may see, drawn by `maps.site`."""
