"""The data of Caliendo and Parro (2015), Review of Economic Studies 82, for their tables on NAFTA.

``tests/against_caliendo_parro`` holds the engine against Tables 2, 5, 9 and 11.
"""
