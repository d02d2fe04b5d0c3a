"""Sources: cameras and recorded films become frames, footage and picture health."""
