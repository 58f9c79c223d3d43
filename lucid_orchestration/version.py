"""What this is called and which version it is; the only place that says so."""

# The name on the package index; `lucid` alone is somebody else's.
DISTRIBUTION = "lucid-shop"
VERSION = "0.1.0"
