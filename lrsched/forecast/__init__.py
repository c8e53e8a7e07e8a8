"""What a schedule will do to the loss: a bound that needs no data, and laws fitted to loss curves."""

from .convex import bound as bound
from .fitting import fit as fit
from .law import Law as Law, Term as Term
from .peaks import best_peak as best_peak, calibrate as calibrate
from .ranking import Ranked as Ranked, rank as rank
from .transfers import Transfer as Transfer, transfer as transfer
