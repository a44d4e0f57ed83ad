"""The Linux forms: .deb and tarball."""
