// Changes for schemes in which an alert has several pairs of windows. It fires while one of the pairs is above its
// threshold. So no alert has a tier.
{
  burnRates(section, w):: super.burnRates(section, w) {
    [if section.tiers != [] then 'description']:
      'Error ratio / error budget, the highest of each step. At 1, the budget lasts exactly the whole period. Dashed lines are the thresholds of the pairs of windows: '
      + std.join(', ', [tier.name + ' (' + tier.severity + ') above ' + tier.factorSaid for tier in section.tiers])
      + '. An alert fires while both windows of one of its pairs are above its line. Red lines are pages, orange lines are tickets.',
  },

  nearness(section, w):: super.nearness(section, w) {
    description:
      'Error ratio / threshold of each pair of windows, for the lower of its two windows. '
      + 'An alert fires while one of its pairs is above 100%.',
  },

  // no alert has a tier, because its pairs are parts of one expression
  alertLabels:: ['alertName', 'severity'],
  alertColumns:: [column for column in super.alertColumns if column.label != $.names.labels.tier],
  alertLegend:: '{{' + $.names.labels.slo + '}} {{' + $.names.labels.severity + '}}',
  firingHistory(service, w, h):: super.firingHistory(service, w, h) { description: 'When each alert fired, by SLO. An alert is shown in every step in which it fired.' },
}
