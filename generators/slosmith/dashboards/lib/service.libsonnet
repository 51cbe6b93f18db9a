// The dashboard of one service: first whether objectives are met and how much budget is left, then the reasons.
{
  serviceDashboard(service):: $.dashboard(
    service.uid,
    service.name + ' SLOs',
    service.generated,
    $.serviceTags(service),
    $.serviceVariables(service),
    $.serviceLinks(service),
    $.servicePanels(service),
  ),

  serviceTags(service)::
    (if service.team == '' then [] else ['team:' + service.team])
    + (if service.class == null then [] else ['class:' + service.class]),

  serviceVariables(service):: [$.datasourceVariable] + (
    if std.length(service.sites) < 2 then [] else [$.choice('site', 'Site', service.sites)]
  ),

  serviceLinks(service)::
    [$.linkTo('All SLOs', '/d/' + $.settings.fleet.uid)]
    + [$.linkTo(link.title, link.url) { targetBlank: true, keepTime: false } for link in service.links],

  servicePanels(service)::
    $.overview(service) + std.flattenArrays(std.mapWithIndex($.sectionRows, service.sections)),

  overview(service)::
    local lines = std.min(service.slos, 8);
    [
      $.serviceTable(service, 15, 5 + lines),
      $.text('About', service.about, 9, 5 + lines, 'What the spec of the service says.'),
    ] + (
      if !service.alerts then [] else [
        $.firingStat(service.selector, 3, 6),
        $.firingTable(service, 9, 6),
        $.firingHistory(service, 12, 6),
      ]
    ),

  // With many sections only the first ones are open, so that the dashboard loads quickly.
  openSections:: 4,

  sectionRows(index, section)::
    [$.row(section.title, $.sectionPanels(section), collapsed=index >= $.openSections)] + (
      if section.breakdowns == [] then []
      else [$.row(section.name + ': details from the raw series', $.breakdownPanels(section), collapsed=true)]
    ),

  sectionPanels(section):: $.sectionNumbers(section) + $.sectionCharts(section),

  sectionNumbers(section)::
    if section.calendar == null then [
      $.objectiveStat(section, 6),
      $.budgetStat(section, 6),
      $.attainmentStat(section, 6),
      $.burnRateStat(section, 6),
    ] else [
      $.objectiveStat(section, 4),
      $.budgetStat(section, 4),
      $.calendarSpentStat(section, 4),
      $.attainmentStat(section, 4),
      $.calendarAttainmentStat(section, 4),
      $.burnRateStat(section, 4),
    ],

  sectionCharts(section)::
    (if section.tiers == [] then [$.burnRates(section, 12)] else [$.burnRates(section, 8), $.nearness(section, 8)])
    + [$.errorRatios(section, if section.tiers == [] then 12 else 8)]
    + (
      if section.calendar == null then [$.budgetOverTime(section, 12), $.attainmentOverTime(section, 12)]
      else [$.budgetOverTime(section, 8), $.calendarTimeline(section, 8), $.attainmentOverTime(section, 8)]
    )
    + (if section.events then [$.eventRates(section, 12), $.eventTable(section, 12)] else []),

  breakdownPanels(section):: [$.breakdown(panel, 12) for panel in section.breakdowns],
}
