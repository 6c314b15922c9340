"""Vector tiles of layers: grids, encoding, archives."""
