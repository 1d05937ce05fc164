"""What the "7 percent of world GDP" is made of, on world-2022."""
