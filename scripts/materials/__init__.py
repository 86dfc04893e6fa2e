"""The bill of materials of an image, and what a vulnerability database knows of it: `make sbom`, `make audit`."""
