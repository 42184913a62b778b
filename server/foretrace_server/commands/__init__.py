"""The commands of `foretrace`, one file each."""
