"""The section 301 episode: China's share of US imports of goods, 2017 and 2022, by sector."""
