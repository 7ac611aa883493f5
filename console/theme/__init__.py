"""How everything looks: two palettes of tokens, type, icons, and one kit of painting."""
