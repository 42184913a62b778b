"""The dashboard: what a course shows its instructor, as pages made on the server."""
