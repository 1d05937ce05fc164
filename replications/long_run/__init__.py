"""The recursive model of Goes and Bekkers (2022) on all regions of world-2022, 2026 to 2040."""
