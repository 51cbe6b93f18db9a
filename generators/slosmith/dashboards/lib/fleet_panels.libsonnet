// The panels of the fleet dashboard.
{
  fleetCount(title, description, query, w, steps):: $.stat(
    title,
    description,
    w,
    4,
    [$.instant(query, title)],
    'none',
    steps,
  ) + { options+: { textMode: 'value' } },

  fleetTable(fleet, w, h)::
    local labels = $.names.labels;
    local metrics = $.names.metrics;
    local share(name, expr, steps=null) = {
      name: name,
      expr: expr,
      unit: 'percentunit',
      decimals: 2,
      [if steps != null then 'steps']: steps,
    };
    $.table(
      'Every SLO, worst budget first',
      'Click a service to open its dashboard. Worst budget: how much is left of the rolling budget or of the budget of the current reporting period, whichever is lower.',
      w,
      h,
      [
        {
          label: labels.service,
          name: 'Service',
          width: 260,
          links: [{
            title: 'Dashboard of ${__value.text}',
            url: '/d/${__data.fields.' + labels.uid + '}?${datasource:queryparam}&${__url_time_range}',
          }],
        },
        { label: labels.id, name: 'ID', hidden: true },
        // the column is hidden, but the link reads it
        { label: labels.uid, name: labels.uid, invisible: true },
      ] + $.fleetColumns + [
        { name: 'Info', expr: $.fleetRows(fleet.named_otherwise), hidden: true },
        share('Worst budget', $.ofChosen($.worstBudget), $.budgetSteps(fleet.spentAlerts.both)),
        share('Objective', $.fleetHighest(metrics.objective)) + { decimals:: null },
        share('Attainment', $.fleetAttainment),
      ] + $.fleetBudgetLeft(fleet, share) + (
        if fleet.calendar == null then [] else [
          share(fleet.calendar + ' to date', $.fleetCalendarAttainment),
          share(fleet.calendar + ' spent', $.fleetHighest(metrics.calendarSpent), $.spentSteps(fleet.spentAlerts.calendar)),
          { name: fleet.calendar + ' so far', expr: $.ofChosen('(' + $.calendarBit + ')'), mappings: $.bit, steps: $.steps($.colours.warning, [[1, $.colours.good]]) },
        ]
      ) + [
        { name: 'Burn rate', expr: $.fleetHighest(metrics.currentBurnRate), decimals: 2, steps: $.burnSteps },
        {
          name: 'Firing',
          expr: '(' + $.firingAlerts(' by (' + $.names.identity + ')') + ') or on (' + $.names.identity + ') 0 * ('
                + $.fleetHighest(metrics.objective) + ')',
          steps: $.firingSteps,
        },
      ],
      sortBy=[{ displayName: 'Worst budget', desc: false }],
      paginate=true,
    ),

  fleetBudgetLeft(fleet, share)::
    [share('Budget left', $.fleetLowest($.names.metrics.periodRemaining), $.budgetSteps(fleet.spentAlerts.rolling))],

  // Labels that distinguish the SLOs of a service.
  fleetColumns::
    local labels = $.names.labels;
    [
      { label: labels.slo, name: 'SLO', hidden: true },
      { label: labels.indicator, name: 'Indicator' },
      { label: labels.site, name: 'Site' },
      { label: labels.class, name: 'Class' },
      { label: labels.team, name: 'Team' },
    ],

  worstBudgets(fleet, w, h):: $.barGauge(
    'Least budget left',
    'The 20 SLOs with the least error budget left, rolling or of the current reporting period. ' + $.colourOfSpent(fleet.spentAlerts.both),
    w,
    h,
    [$.instant('bottomk(20, ' + $.ofChosen($.worstBudget) + ')', $.sloLegend)],
    'percentunit',
    $.budgetSteps(fleet.spentAlerts.both),
    max=1,
  ),

  fastestBurning(w, h):: $.barGauge(
    'Highest burn rate now',
    'The 20 SLOs with the highest burn rate over the ' + $.settings.currentWindow
    + '. At 1, a budget lasts exactly the whole period. Orange: above 1, it does not last.',
    w,
    h,
    [$.instant('topk(20, ' + $.fleetHighest($.names.metrics.currentBurnRate) + ')', $.sloLegend)],
    'none',
    $.burnSteps,
    min=0,
  ),

  sloLegend:: '{{' + $.names.labels.service + '}} {{' + $.names.labels.slo + '}}',

  // Numbers of met and missed objectives by a label, for example for each class or team.
  fleetSummary(fleet, title, label, name, w, h):: $.table(
    title,
    'Numbers of SLOs. Worst budget: the least that is left of the budget of one of them.',
    w,
    h,
    [
      { label: label, name: name },
      { name: 'SLOs', expr: 'count by (' + label + ') (' + $.chosen + ')' },
    ] + (
      if fleet.calendar == null then [] else [
        { name: 'Met so far', expr: $.countBy(label, '(' + $.calendarBit + ') == 1') },
        { name: 'Missed so far', expr: $.countBy(label, '(' + $.calendarBit + ') == 0'), steps: $.missedSteps },
      ]
    ) + [
      { name: 'Rolling budget spent', expr: $.countBy(label, $.names.metrics.periodRemaining + ' <= 0'), steps: $.spentCountSteps(fleet.spentAlerts.rolling) },
      { name: 'Worst budget', expr: $.worstBy(label), unit: 'percentunit', decimals: 1, steps: $.budgetSteps(fleet.spentAlerts.both) },
    ],
    sortBy=[{ displayName: 'Worst budget', desc: false }],
  ),

  fleetHistory(fleet, w, h):: $.timeseries(
    'SLOs with a spent budget or a high burn rate',
    'How many SLOs have spent their error budget, and how many had a burn rate above 1 in each step.',
    w,
    h,
    [
      $.range($.countOf($.names.metrics.periodRemaining + ' <= 0'), 'rolling budget spent'),
      $.stepped($.countOf('max_over_time(' + $.names.metrics.currentBurnRate + '[$__interval]) > 1'), 'burn rate above 1'),
    ] + (if fleet.calendar != null then [$.range($.countOf($.names.metrics.calendarSpent + ' >= 1'), 'calendar budget spent')] else []),
    'none',
    custom={ lineInterpolation: 'stepAfter' },
  ),

  alertHistory(w, h):: $.timeseries(
    'Alerts firing',
    'How many alerts fired in each step, by severity.',
    w,
    h,
    [
      $.stepped(
        $.firedAlerts(' by (' + $.names.labels.severity + ')') + ' or vector(0)',
        '{{' + $.names.labels.severity + '}}',
      ),
    ],
    'none',
    custom={ lineInterpolation: 'stepAfter', fillOpacity: 20 },
  ),
}
