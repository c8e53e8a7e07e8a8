"""What a schedule will do to the loss: a bound that needs no data, and laws fitted to loss curves."""

from .convex import bound as bound
from .finals import FinalLaw as FinalLaw, fit_finals as fit_finals
from .fitting import fit as fit
from .law import Law as Law, Term as Term
from .optimum import Optimum as Optimum, optimize as optimize
from .peaks import best_peak as best_peak, calibrate as calibrate
from .ranking import Ranked as Ranked, rank as rank
from .transfers import Transfer as Transfer, transfer as transfer
