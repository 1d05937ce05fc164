"""Updates: technologies near to one that is solved.

``low_rank`` changes of few rows and columns; ``single_rows`` thousands of scenarios of one row
each, with ``row_changes`` their cells; ``nearby`` changes of many cells; ``indices`` the positions
of changes.
"""
