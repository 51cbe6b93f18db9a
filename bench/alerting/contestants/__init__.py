"""The sets of rules that are compared. Each makes rule files for a target and a period, or refuses."""

from bench.alerting.contestants.contestant import Contestant
from bench.alerting.contestants.former import FORMER
from bench.alerting.contestants.product import SLOSMITH, SLOTH
from bench.alerting.contestants.pyrra import PYRRA
from bench.alerting.contestants.workbook import CONSTANT, WILSON, WORKBOOK

CONTESTANTS: tuple[Contestant, ...] = (SLOSMITH, FORMER, SLOTH, PYRRA, WORKBOOK, CONSTANT, WILSON)

__all__ = ["CONTESTANTS", "Contestant"]
