"""The frame around the rooms: rail, bars, palette, shortcuts, stop."""
