"""The register of certificates: what issuers say they have issued, and what they have taken back."""
