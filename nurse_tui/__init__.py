"""Case management for a nurse programme, in a terminal."""
