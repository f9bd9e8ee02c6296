"""Programs' door: JSON over HTTP, one package a version."""
