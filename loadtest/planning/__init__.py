"""How large an installation has to be: measured costs, formulas over them, and a simulation of scaling."""
