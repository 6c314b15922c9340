"""What a layer is: schema, catalogue, sources, quality, sample region, release, exports."""
