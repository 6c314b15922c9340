"""How layers look in web maps, GIS programs and legends, from the classes of a release's catalogue."""
