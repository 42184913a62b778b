"""Donors: peers' correct programs, from which as little as will do is taken.

`listing` sees a program as logical lines, `units` as the functions that a test calls; `naming` says
which name of a donor is which of the person's, `alignment` which line is which, and what is left
between them as small `changes`; `giving` finds the fewest of them that mend the program.
"""
