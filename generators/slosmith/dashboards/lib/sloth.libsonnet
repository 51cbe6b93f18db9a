// What differs where the rules are those that Sloth itself would write. Facts leave out what these do not record
// (events, calendars, aspirational targets); here is what is asked or said in another way.
//
// Sloth's alerts are two an SLO, page and ticket, and fire while any of their pairs of windows is over its threshold.
{
  // --- a service

  burnRates(section, w):: super.burnRates(section, w) {
    [if section.tiers != [] then 'description']:
      'Error ratio divided by the error budget. Dashed lines are the thresholds of the pairs of windows: '
      + std.join(', ', [tier.name + ' (' + tier.severity + ') above ' + tier.factorSaid for tier in section.tiers])
      + '. An alert fires while both windows of one of its pairs are above its line.',
  },

  nearness(section, w):: super.nearness(section, w) {
    description:
      'The lower of the error ratios of a pair of windows, in parts of its threshold: '
      + 'an alert fires while one of its pairs is above 100%.',
  },

  // no alert has a tier: its pairs are parts of one expression
  alertLabels:: ['alertName', 'severity'],
  alertColumns:: [column for column in super.alertColumns if column.label != $.names.labels.tier],
  alertLegend:: '{{' + $.names.labels.slo + '}} {{' + $.names.labels.severity + '}}',
  firingHistory(service, w, h):: super.firingHistory(service, w, h) { description: 'When which alert of which SLO fired.' },

  // --- the fleet

  // The info series says nothing of class, team, site and indicator.
  fleetLabels:: [],
  fleetChoices:: [{ name: 'service', title: 'Service', label: 'service' }],
  fleetColumns:: [{ label: $.names.labels.slo, name: 'SLO' }],
  fleetSummaries(fleet):: [$.fleetSummary(fleet, 'By service', $.names.labels.service, 'Service', 24, 8)],

  // There is one budget only, so the worst is the one that there is.
  worstBudget:: 'min by (' + $.names.identity + ') (' + $.names.metrics.periodRemaining + ')',
  fleetBudgetLeft(share):: [],

  fleetTable(fleet, w, h):: super.fleetTable(fleet, w, h) { description: 'The service leads to its dashboard.' },
  worstBudgets(w, h):: super.worstBudgets(w, h) { description: 'The twenty SLOs with the least budget left.' },
  fastestBurning(w, h):: super.fastestBurning(w, h) {
    description:
      'The twenty SLOs with the highest burn rate over the shortest window; at 1 a budget lasts exactly its period.',
  },
}
