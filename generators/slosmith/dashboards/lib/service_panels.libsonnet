// The panels of one section, and the panels of a whole service. Each panel is a function of the facts, so a project can
// redefine a single panel. service.libsonnet has their order.
{
  // --- steps: the values at which a number changes its colour

  // Red means that an alert fires. A spent budget is red if there is an alert about spent budgets, else a warning.
  spentColour(alerts):: if alerts then $.colours.bad else $.colours.warning,
  // Budget left, as a ratio: spent below 0, a warning below a quarter.
  budgetSteps(alerts):: $.steps($.spentColour(alerts), [[0, $.colours.warning], [0.25, $.colours.good]]),
  spentSteps(alerts):: $.steps($.colours.good, [[0.75, $.colours.warning], [1, $.spentColour(alerts)]]),
  spentCountSteps(alerts):: $.steps($.colours.good, [[1, $.spentColour(alerts)]]),
  attainmentSteps(section, alerts):: $.steps($.spentColour(alerts), [[section.objective, $.colours.good]]),
  // No alert fires at a burn rate of now: alerts look at two windows. Above 1 the budget does not last.
  burnSteps:: $.steps($.colours.good, [[1, $.colours.warning]]),
  missedSteps:: $.steps($.colours.good, [[1, $.colours.warning]]),
  colourOfSpent(alerts):: if alerts then 'Red: the budget is spent, an alert fires.' else 'Orange: the budget is spent. There is no alert about it.',
  firingSteps:: $.steps($.colours.good, [[1, $.colours.bad]]),
  neutral:: $.steps($.colours.plain, []),
  // The thresholds of the tiers, slowest first: a page is red, a ticket orange.
  tierSteps(section):: $.steps($.colours.good, [
    [tier.factor, if tier.severity == 'page' then $.colours.bad else $.colours.warning]
    for tier in std.sort(section.tiers, function(tier) tier.factor)
  ]),

  bit:: $.mapping({
    '0': { index: 1, text: 'missed', color: $.colours.warning },
    '1': { index: 0, text: 'met', color: $.colours.good },
  }),

  // --- numbers of a section

  objectiveStat(section, w):: $.stat(
    'Objective',
    (if section.raw then 'The target for 1 - error ratio.' else 'The target: how many of the events must be good.')
    + (if section.aspirationalSaid == null then '' else ' The aspirational target is not guaranteed.'),
    w,
    4,
    [$.instant($.objectiveQuery(section), 'target')] + (
      if section.aspirationalSaid == null then []
      else [$.instant($.aspirationalQuery(section), 'aspirational, not guaranteed')]
    ),
    'percentunit',
    $.neutral,
  ) + { options+: { textMode: if section.aspirationalSaid == null then 'value' else 'value_and_name' } },

  // Attainment in words, written before "in the last 28d".
  goodShare(section)::
    if section.events then 'Good events / all events' else 'Average over time, not weighted by traffic,',

  attainmentStat(section, w):: $.stat(
    'Attainment, ' + section.rolling.said,
    $.goodShare(section) + ' in the last ' + section.rolling.said + '. '
    + (if section.spentAlerts.rolling then 'Red: below the objective, an alert fires.' else 'Orange: below the objective.'),
    w,
    4,
    [$.instant($.attainmentQuery(section), section.legend)],
    'percentunit',
    $.attainmentSteps(section, section.spentAlerts.rolling),
    decimals=3,
  ),

  calendarAttainmentStat(section, w):: $.stat(
    'Attainment, ' + section.calendar.name + ' to date',
    $.goodShare(section) + ' since the start of the current reporting period (' + section.calendar.name + '). Orange: below the objective so far.',
    w,
    4,
    [$.instant($.calendarAttainmentQuery(section), section.legend)],
    'percentunit',
    $.attainmentSteps(section, false),
    decimals=3,
  ),

  budgetStat(section, w):: $.stat(
    'Budget left, ' + section.rolling.said,
    'How much of the error budget of the last ' + section.rolling.said + ' is left. Below 0%, the objective is missed. '
    + 'Orange: less than a quarter is left. ' + $.colourOfSpent(section.spentAlerts.rolling),
    w,
    4,
    [$.instant($.budgetLeftQuery(section), section.legend)],
    'percentunit',
    $.budgetSteps(section.spentAlerts.rolling),
    decimals=1,
  ),

  calendarSpentStat(section, w):: $.stat(
    'Budget spent, ' + section.calendar.name,
    'How much of the error budget of the whole current reporting period (' + section.calendar.name
    + ') is spent. It starts at 0%. Above 100%, the period misses its objective. '
    + $.colourOfSpent(section.spentAlerts.calendar),
    w,
    4,
    [$.instant($.calendarSpentQuery(section), section.legend)],
    'percentunit',
    $.spentSteps(section.spentAlerts.calendar),
    decimals=1,
  ),

  burnRateStat(section, w):: $.stat(
    'Burn rate now',
    'How fast the error budget is being spent. At 1, it lasts exactly the whole period. At 2, it lasts half of it. Orange: above 1, the budget does not last. No alert fires at this number alone: alerts look at two windows.',
    w,
    4,
    [$.instant($.burnRateQuery(section), section.legend)],
    'none',
    $.burnSteps,
    decimals=2,
  ),

  // --- charts of a section

  burnRates(section, w):: $.timeseries(
    'Burn rate by window',
    std.join(' ', ['Error ratio / error budget, the highest of each step. At 1, the budget lasts exactly the whole period.'] + (
      if section.tiers == [] then ['This SLO has no alerts.']
      else [
        'Dashed lines are the thresholds of the alerts:',
        std.join(', ', [tier.name + ' (' + tier.severity + ') above ' + tier.factorSaid for tier in section.tiers]) + '.',
        'An alert fires while both its windows are above its line. Red lines are pages, orange lines are tickets.',
      ]
    )),
    w,
    8,
    [
      $.stepped($.windowBurnRateQuery(section, window.metric), section.legend + ' ' + window.said)
      for window in section.windows
    ],
    'none',
    steps=if section.tiers == [] then null else $.tierSteps(section),
  ),

  errorRatios(section, w):: $.timeseries(
    'Error ratio by window',
    (if section.raw then 'The result of the query of the SLI.' else 'Bad events / all events.') + ' Each point is the highest value of its step. Dashed line: the error budget. An error ratio that stays on the line spends exactly the whole budget.',
    w,
    8,
    [$.stepped($.peak(window.metric, section), section.legend + ' ' + window.said) for window in section.windows],
    'percentunit',
    steps=$.steps($.colours.good, [[section.budget, $.colours.warning]]),
  ),

  nearness(section, w):: $.barGauge(
    'How close each alert is to firing',
    'Error ratio / threshold of the alert, for the lower of its two windows. An alert fires above 100%'
    + (if section.floor == null || !section.events then '.' else ', if its long window has ' + section.floor + '.'),
    w,
    8,
    [
      $.instant($.nearnessQuery(section, tier), section.legend + ' ' + tier.name + ' ' + tier.severity)
      for tier in section.tiers
    ],
    'percentunit',
    $.steps($.colours.good, [[0.75, $.colours.warning], [1, $.colours.bad]]),
    min=0,
    max=1,
  ),

  eventRates(section, w):: $.timeseries(
    'Events per second',
    'All events, and bad events: the highest rates of each step.',
    w,
    8,
    [
      $.stepped($.peak($.names.metrics.totalRate, section), section.legend + ' all'),
      $.stepped($.peak($.names.metrics.badRate, section), section.legend + ' bad'),
    ],
    'cps',
    overrides=[$.overrideMatching('.* bad$', [{ id: 'color', value: { mode: 'fixed', fixedColor: $.colours.warning } }])],
  ),

  eventTable(section, w)::
    local metrics = $.names.metrics;
    local total = $.highest(metrics.periodTotal, section);
    local calendarTotal = $.highest(metrics.calendarTotal, section, section.calendar.matcher);
    local count(name, expr) = { name: name, expr: expr, unit: 'short', decimals: 0 };
    $.table(
      'Events in each period',
      'All events, bad events, and how many bad events the objective allows.',
      w,
      8,
      $.identityColumns(section) + [
        count(section.rolling.said + ' all', total),
        count(section.rolling.said + ' bad', $.highest(metrics.periodBad, section)),
        count(section.rolling.said + ' allowed', $.allowedBadQuery(section, total)),
      ] + (
        if section.calendar == null then [] else [
          count('to date all', calendarTotal),
          count('to date bad', $.highest(metrics.calendarBad, section, section.calendar.matcher)),
          count('to date allowed', $.allowedBadQuery(section, calendarTotal)),
        ]
      ),
    ),

  identityColumns(section):: [
    { label: $.names.labels.id, name: 'ID', hidden: true },
    { label: $.names.labels.service, name: 'Service', hidden: true },
    { label: $.names.labels.slo, name: 'SLO' },
  ] + [{ label: label, name: label } for label in section.groups],

  budgetOverTime(section, w):: $.timeseries(
    'Budget left, ' + section.rolling.said,
    'How much of the rolling error budget is left. Below 0%, the objective is missed.',
    w,
    8,
    [$.range($.budgetLeftQuery(section), section.legend)],
    'percentunit',
    steps=$.budgetSteps(section.spentAlerts.rolling),
  ) { timeFrom: section.rolling.said },

  // The line of the elapsed time shows even spending. Above this line, the budget will be spent before the period ends.
  calendarTimeline(section, w):: $.timeseries(
    'Budget spent, ' + section.calendar.name,
    'How much of the error budget of the current reporting period (' + section.calendar.name + ') is spent. Above the line of the time elapsed, the budget is spent too fast: it will not last until the end of the period.',
    w,
    8,
    [
      $.range($.calendarSpentQuery(section), section.legend),
      $.range($.elapsedQuery(section), 'time elapsed'),
    ],
    'percentunit',
    steps=$.spentSteps(section.spentAlerts.calendar),
    overrides=[$.overrideMatching('^time elapsed$', $.dashed($.colours.plain))],
  ) { timeFrom: section.calendar.longest },

  attainmentOverTime(section, w):: $.timeseries(
    'Attainment',
    std.rstripChars($.goodShare(section), ',') + ', over the rolling period'
    + (if section.calendar == null then '.' else ' and over the current reporting period to date.'),
    w,
    8,
    [$.range($.attainmentQuery(section), section.legend + ' ' + section.rolling.said)]
    + (if section.calendar == null then [] else [$.range($.calendarAttainmentQuery(section), section.legend + ' to date')])
    + [$.range($.objectiveQuery(section), 'objective ' + section.objectiveSaid)]
    + (
      if section.aspirationalSaid == null then []
      else [$.range($.aspirationalQuery(section), 'aspirational ' + section.aspirationalSaid + ', not guaranteed')]
    ),
    'percentunit',
    custom={ axisSoftMin:: null },
    overrides=[
      $.overrideMatching('^objective ', [{ id: 'color', value: { mode: 'fixed', fixedColor: $.colours.calm } }]),
      $.overrideMatching('^aspirational ', $.dashed($.colours.aside)),
    ],
  ) { timeFrom: if section.calendar == null then section.rolling.said else section.calendar.longest },

  dashed(colour):: [
    { id: 'color', value: { mode: 'fixed', fixedColor: colour } },
    { id: 'custom.lineStyle', value: { dash: [10, 10], fill: 'dash' } },
  ],

  breakdown(panel, w):: $.timeseries(
    panel.title,
    panel.description,
    w,
    8,
    [$.range(query.expr, query.legend) { interval: panel.step } for query in panel.queries],
    panel.unit,
  ),

  // --- panels that span a service

  serviceTable(service, w, h)::
    local metrics = $.names.metrics;
    local share(name, expr, steps=null) = {
      name: name,
      expr: expr,
      unit: 'percentunit',
      decimals: 2,
      [if steps != null then 'steps']: steps,
    };
    $.table(
      'SLOs',
      'All SLOs of the service. The SLO with the least error budget left comes first. Red: an alert fires. Orange: a warning.' + (if metrics.coverage == null then '' else ' Seen: the share of the period with data.'),
      w,
      h,
      [
        { label: $.names.labels.id, name: 'ID', hidden: true },
        { label: $.names.labels.service, name: 'Service', hidden: true },
        { label: $.names.labels.slo, name: 'SLO', width: 200 },
        share('Objective', $.everySlo(metrics.objective, service.selector)) + { decimals:: null },
        share('Budget left', $.everySlo(metrics.periodRemaining, service.selector, 'min'), $.budgetSteps(service.spentAlerts.rolling)),
      ] + (
        if metrics.coverage == null then [] else [
          share('Seen', $.everySlo(metrics.coverage, service.selector, 'min')),
        ]
      ) + [
        share('Attainment', $.everyAttainment(service.selector)),
      ] + (
        if service.calendar == null then [] else [
          share(service.calendar + ' spent', $.everySlo(metrics.calendarSpent, service.selector), $.spentSteps(service.spentAlerts.calendar)),
          share(service.calendar + ' to date', '1 - ' + $.everySlo(metrics.calendarRatio, service.selector)),
          share(service.calendar + ' seen', $.everySlo(metrics.calendarCoverage, service.selector, 'min')),
          { name: service.calendar + ' so far', expr: $.everyCalendarBit(service.selector), mappings: $.bit, steps: $.steps($.colours.warning, [[1, $.colours.good]]) },
        ]
      ) + [
        { name: 'Burn rate', expr: $.everySlo(metrics.currentBurnRate, service.selector), decimals: 2, steps: $.burnSteps },
        { name: 'Firing', expr: $.everyFiring(service.selector), steps: $.firingSteps },
      ],
      sortBy=[{ displayName: 'Budget left', desc: false }],
    ),

  firingStat(selector, w, h):: $.stat(
    'Alerts firing',
    'How many alerts fire. Red: at least one.',
    w,
    h,
    [$.instant($.firingCount(selector), 'firing')],
    'none',
    $.firingSteps,
  ) + { options+: { colorMode: 'background', textMode: 'value' } },

  firingTable(service, w, h)::
    local labels = $.names.labels;
    $.table(
      'Alerts now',
      'One line for each alert that fires, and one for each SLO without a firing alert.',
      w,
      h,
      [
        { label: labels.id, name: 'ID', hidden: true },
        { label: labels.service, name: 'Service', hidden: true },
        { label: labels.slo, name: 'SLO' },
      ] + $.alertColumns + [
        {
          name: 'Firing',
          expr: $.firingDetail(service.selector),
          mappings: $.mapping({ '0': { index: 0, text: 'none', color: $.colours.good } }),
          steps: $.firingSteps,
        },
      ],
      sortBy=[{ displayName: 'Firing', desc: true }],
    ),

  alertColumns::
    local labels = $.names.labels;
    [
      { label: labels.alertName, name: 'Alert' },
      { label: labels.tier, name: 'Tier' },
      { label: labels.severity, name: 'Severity' },
    ],

  alertLegend:: '{{' + $.names.labels.slo + '}} {{' + $.names.labels.tier + '}}',

  firingHistory(service, w, h)::
    $.stateTimeline(
      'Alerts over time',
      'When each alert fired, by SLO and tier. An alert is shown in every step in which it fired.',
      w,
      h,
      [$.stepped($.firingDetail(service.selector, $.firedInStep), $.alertLegend)],
      $.mapping({
        '0': { index: 0, text: 'silent', color: $.colours.good },
        '1': { index: 1, text: 'firing', color: $.colours.bad },
      }),
      $.firingSteps,
    ),
}
