"""Many processes by one command: a parent that plays nothing, and the servers that it keeps running."""
