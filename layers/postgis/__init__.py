"""PostGIS for those who have it: releases are stored there, and layers are read from there."""
