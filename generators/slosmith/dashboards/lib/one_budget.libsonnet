// What differs where nothing is recorded of reporting periods: there is one budget only, so the worst is the one that
// there is.
{
  worstBudget:: 'min by (' + $.names.identity + ') (' + $.names.metrics.periodRemaining + ')',
  fleetBudgetLeft(share):: [],

  worstBudgets(w, h):: super.worstBudgets(w, h) { description: 'The 20 SLOs with the least error budget left.' },
}
