// The dashboard of all services: how many objectives are met, which SLO is worst, and links to the other dashboards.
{
  fleetDashboard(fleet):: $.dashboard(
    $.settings.fleet.uid,
    $.settings.fleet.title,
    fleet.generated,
    [],
    $.fleetVariables,
    [],
    $.fleetPanels(fleet),
  ),

  // The variables for filters. `label` is the key in names.labels.
  fleetChoices:: [
    { name: 'class', title: 'Class', label: 'class' },
    { name: 'team', title: 'Team', label: 'team' },
    { name: 'site', title: 'Site', label: 'site' },
    { name: 'indicator', title: 'Indicator', label: 'indicator' },
  ],

  fleetVariables:: [$.datasourceVariable] + [
    $.labelChoice(choice.name, choice.title, $.names.labels[choice.label], $.names.metrics.info)
    for choice in $.fleetChoices
  ],

  fleetPanels(fleet)::
    $.fleetNumbers(fleet) + [
      $.fleetTable(fleet, 24, 16),
      $.worstBudgets(fleet, 12, 14),
      $.fastestBurning(12, 14),
    ] + $.fleetSummaries(fleet) + [
      $.fleetHistory(fleet, 12, 8),
      $.alertHistory(12, 8),
    ] + (if fleet.about == null then [] else [$.text('About', fleet.about, 24, 6, 'What these dashboards do not show, and why.')]),

  fleetSummaries(fleet):: [
    $.fleetSummary(fleet, 'By class', $.names.labels.class, 'Class', 12, 8),
    $.fleetSummary(fleet, 'By team', $.names.labels.team, 'Team', 12, 8),
  ],

  fleetNumbers(fleet)::
    local metrics = $.names.metrics;
    local firing = $.firingAlerts('') + ' or vector(0)';
    local all = $.fleetCount('SLOs', 'How many SLOs the filters select.', 'count(' + $.chosen + ') or vector(0)', 4, $.neutral);
    local spent = $.fleetCount(
      'Rolling budget spent', 'SLOs that have spent their rolling error budget. ' + $.colourOfSpent(fleet.spentAlerts.rolling), $.countOf(metrics.periodRemaining + ' <= 0'), 4, $.spentCountSteps(fleet.spentAlerts.rolling)
    );
    local alerts = $.fleetCount('Alerts firing', 'How many alerts fire. Red: at least one.', firing, 4, $.firingSteps);
    if fleet.calendar == null then [all { w:: 8 }, spent { w:: 8 }, alerts { w:: 8 }] else [
      all,
      $.fleetCount('Met so far', 'SLOs that meet their objective in the current reporting period to date.', $.countOf('(' + $.calendarBit + ') == 1'), 4, $.steps($.colours.good, [])),
      $.fleetCount('Missed so far', 'SLOs that miss their objective in the current reporting period to date. Orange: at least one.', $.countOf('(' + $.calendarBit + ') == 0'), 4, $.missedSteps),
      $.fleetCount(fleet.calendar + ' budget spent', 'SLOs that have spent the error budget of the whole current reporting period. ' + $.colourOfSpent(fleet.spentAlerts.calendar), $.countOf(metrics.calendarSpent + ' >= 1'), 4, $.spentCountSteps(fleet.spentAlerts.calendar)),
      spent,
      alerts,
    ],
}
