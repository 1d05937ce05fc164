"""The recursive model beside Figure 10 of Goes and Bekkers (2022)."""
