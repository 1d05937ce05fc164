"""Figures made from effects and studies (matplotlib)."""
