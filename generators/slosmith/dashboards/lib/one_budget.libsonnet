// Changes for schemes that record no reporting periods: there is only the rolling budget, so it is the worst budget too.
{
  worstBudget:: 'min by (' + $.names.identity + ') (' + $.names.metrics.periodRemaining + ')',
  fleetBudgetLeft(fleet, share):: [],

  worstBudgets(fleet, w, h):: super.worstBudgets(fleet, w, h) {
    description: 'The 20 SLOs with the least error budget left. ' + $.colourOfSpent(fleet.spentAlerts.both),
  },
}
