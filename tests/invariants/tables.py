"""Names of the tables of the fixture `case`, for `parametrize("case", OPEN, indirect=True)`."""

TABLES = ("toy", "world-2022-ree", "wiod-2011")
# Foreign trade: the toy has one region.
OPEN = TABLES[1:]
# Long runs only on tables of at most 1,435 industries.
SMALL = ("toy", "wiod-2011")
