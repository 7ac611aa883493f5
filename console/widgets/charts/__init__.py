"""Small charts in the console's look; each says its content to a screen reader in words."""
