"""What `foretrace analyse` reads and writes around the measures of the gap."""
