"""Makes a world by chance, in which every rule of the watch finds something."""
