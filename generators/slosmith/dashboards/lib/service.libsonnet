// The dashboard of one service: what people want to see first (is it kept, how much budget is left), then why.
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

  serviceTags(service):: ['team:' + service.team] + (if service.class == null then [] else ['class:' + service.class]),

  serviceVariables(service):: [$.datasourceVariable] + (
    if std.length(service.sites) < 2 then [] else [$.choice('site', 'Site', service.sites)]
  ),

  serviceLinks(service)::
    [$.linkTo('All SLOs', '/d/' + $.settings.fleet.uid)]
    + [$.linkTo(link.title, link.url) { targetBlank: true, keepTime: false } for link in service.links],

  servicePanels(service)::
    $.overview(service) + std.flattenArrays(std.mapWithIndex($.promiseRows, service.promises)),

  overview(service)::
    local lines = std.min(service.slos, 8);
    [
      $.serviceTable(service, 15, 5 + lines),
      $.text('About', service.about, 9, 5 + lines),
    ] + (
      if !service.alerts then [] else [
        $.firingStat(service.selector, 3, 6),
        $.firingTable(service, 9, 6),
        $.firingHistory(service, 12, 6),
      ]
    ),

  // With many promises only the first ones are open, so that the dashboard still loads at once.
  openPromises:: 4,

  promiseRows(index, promise)::
    [$.row(promise.title, $.promisePanels(promise), collapsed=index >= $.openPromises)] + (
      if promise.breakdowns == [] then []
      else [$.row(promise.name + ': what it is made of', $.breakdownPanels(promise), collapsed=true)]
    ),

  promisePanels(promise):: $.promiseNumbers(promise) + $.promiseCharts(promise),

  promiseNumbers(promise)::
    if promise.calendar == null then [
      $.objectiveStat(promise, 6),
      $.budgetStat(promise, 6),
      $.attainmentStat(promise, 6),
      $.burnRateStat(promise, 6),
    ] else [
      $.objectiveStat(promise, 4),
      $.budgetStat(promise, 4),
      $.calendarSpentStat(promise, 4),
      $.attainmentStat(promise, 4),
      $.calendarAttainmentStat(promise, 4),
      $.burnRateStat(promise, 4),
    ],

  promiseCharts(promise)::
    (if promise.tiers == [] then [$.burnRates(promise, 12)] else [$.burnRates(promise, 8), $.nearness(promise, 8)])
    + [$.errorRatios(promise, if promise.tiers == [] then 12 else 8)]
    + (
      if promise.calendar == null then [$.budgetOverTime(promise, 12), $.attainmentOverTime(promise, 12)]
      else [$.budgetOverTime(promise, 8), $.calendarTimeline(promise, 8), $.attainmentOverTime(promise, 8)]
    )
    + (if promise.events then [$.eventRates(promise, 12), $.eventTable(promise, 12)] else []),

  breakdownPanels(promise):: [$.breakdown(panel, 12) for panel in promise.breakdowns],
}
